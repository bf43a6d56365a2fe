package io.resnetstreams.fetch;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves the hosts of references for the HTTP client, which connects to the returned addresses and to no others: what is
 * checked is what is connected to, however often the answers of a name server change. A host with a forbidden address is
 * refused, even if it also has others.
 *
 * <p>Threading: thread-safe.
 */
final class CheckedDns implements DnsResolver {
    /** The names of hosts and their addresses. */
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** A host that may not be requested; the client passes the exception on. */
    static final class RefusedHostException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        RefusedHostException(String reason) {
            super(reason);
        }
    }

    private final HostRules rules;
    private final Lookup lookup;
    private final Function<InetAddress, AddressClass> classes;
    private final Runnable onAnswer;

    /** Calls {@code onAnswer} whenever a name was resolved. */
    CheckedDns(HostRules rules, Lookup lookup, Function<InetAddress, AddressClass> classes, Runnable onAnswer) {
        this.rules = rules;
        this.lookup = lookup;
        this.classes = classes;
        this.onAnswer = onAnswer;
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        InetAddress literal = HttpTarget.literal(host);
        InetAddress[] addresses = literal != null ? new InetAddress[] {literal} : lookup.addresses(host);
        if (addresses.length == 0) {
            throw new UnknownHostException(host);
        }
        if (literal == null) {
            onAnswer.run();
        }
        List<InetSocketAddress> allowed = new ArrayList<>();
        for (InetAddress address : addresses) {
            String refusal = rules.refusal(host, port, address, classes.apply(address));
            if (refusal != null) {
                throw new RefusedHostException(refusal);
            }
            allowed.add(new InetSocketAddress(address, port));
        }
        return allowed;
    }

    /** Not called by the client, and could not check the port. */
    @Override
    public InetAddress[] resolve(String host) {
        throw new UnsupportedOperationException("a port is needed to check " + host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
