package io.resnetstreams.fetch;

import java.net.InetAddress;
import java.security.NoSuchAlgorithmException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * How this process sees the network; tests have one of their own.
 *
 * @param classes who may be behind an address
 * @param tls what trusts certificates
 */
record HttpNetwork(CheckedDns.Lookup lookup, Function<InetAddress, AddressClass> classes, SSLContext tls) {
    /** Returns the network of this machine, and the certificates that this JVM trusts. */
    static HttpNetwork ofThisMachine() {
        try {
            return new HttpNetwork(InetAddress::getAllByName, AddressClass::of, SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the trusted certificates of this JVM can't be read", e);
        }
    }
}
