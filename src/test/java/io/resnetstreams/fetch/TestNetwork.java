package io.resnetstreams.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A network within this machine: one address of the loopback interface counts as public, every other address as what it is.
 * An address that would be public outside is recorded and refused, so that no test can reach another machine. Names are those
 * of a test, not of a name server.
 *
 * <p>Threading: thread-safe.
 */
final class TestNetwork {
    /** The address that counts as public. */
    static final InetAddress PUBLIC = address("127.0.0.2");

    private final Map<String, List<InetAddress[]>> names = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> lookups = new ConcurrentHashMap<>();
    private final List<InetAddress> outside = new CopyOnWriteArrayList<>();

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Gives a name its addresses. */
    TestNetwork name(String host, String... addresses) {
        return answers(host, List.<String[]>of(addresses));
    }

    /** Gives a name other addresses at each lookup; the last ones stay. */
    TestNetwork answers(String host, List<String[]> answers) {
        names.put(
                host,
                answers.stream()
                        .map(addresses -> Arrays.stream(addresses)
                                .map(TestNetwork::address)
                                .toArray(InetAddress[]::new))
                        .toList());
        return this;
    }

    /** Returns how often a name was looked up. */
    int lookups(String host) {
        return lookups.getOrDefault(host, new AtomicInteger()).get();
    }

    /** Returns the addresses of other machines that would have been requested. */
    List<InetAddress> outside() {
        return outside;
    }

    HttpNetwork network() throws Exception {
        return network(SSLContext.getDefault());
    }

    HttpNetwork network(SSLContext tls) {
        return new HttpNetwork(this::lookup, this::addressClass, tls);
    }

    private InetAddress[] lookup(String host) throws UnknownHostException {
        int count = lookups.computeIfAbsent(host, name -> new AtomicInteger()).getAndIncrement();
        List<InetAddress[]> answers = names.get(host);
        if (answers == null) {
            throw new UnknownHostException(host + ": Name or service not known");
        }
        return answers.get(Math.min(count, answers.size() - 1));
    }

    private AddressClass addressClass(InetAddress address) {
        AddressClass real = AddressClass.of(address);
        if (address.equals(PUBLIC)) {
            return AddressClass.PUBLIC;
        }
        if (real == AddressClass.PUBLIC) {
            outside.add(address);
            return AddressClass.UNUSABLE;
        }
        return real;
    }
}
