package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hosts that may be requested, and those of them whose addresses need not be public. An entry without a port allows the
 * default port of the scheme. Immutable.
 */
final class HostRules {
    private static final Pattern ENTRY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::(\\d{1,5}))?");
    private static final int ANY_DEFAULT_PORT = 0;

    private record Entry(Glob host, boolean isName, int port) {
        boolean matches(String name, int requested, boolean isDefaultPort) {
            return host.matches(name) && (port == ANY_DEFAULT_PORT ? isDefaultPort : port == requested);
        }
    }

    private final String hosts;
    private final String privateHosts;
    private final List<Entry> all;
    private final List<Entry> named;

    /** Reads {@code references.http.*}; an entry that can't match a host is an {@link IllegalArgumentException}. */
    HostRules(String hosts, String privateHosts) {
        this.hosts = hosts;
        this.privateHosts = privateHosts;
        this.all =
                Glob.entries(hosts).stream().map(text -> entry("hosts", text)).toList();
        this.named = Glob.entries(privateHosts).stream().map(HostRules::named).toList();
    }

    private static Entry named(String text) {
        if (text.contains("*")) {
            throw new IllegalArgumentException("privateHosts: '" + text + "' has a '*'; each host must be named");
        }
        return entry("privateHosts", text);
    }

    private static Entry entry(String key, String text) {
        Matcher parts = ENTRY.matcher(text);
        // The check is that of a host; a letter stands for the asterisk.
        String host = parts.matches() ? HttpTarget.host(parts.group(1).replace('*', 'x')) : null;
        if (host == null) {
            throw new IllegalArgumentException(key + ": '" + text + "' is no host; NAME or NAME:PORT is needed"
                    + (key.equals("hosts") ? ", such as *.example.com" : ""));
        }
        boolean hasGlob = text.contains("*");
        String name = hasGlob ? parts.group(1).toLowerCase(Locale.ROOT) : host;
        int port = parts.group(2) == null ? ANY_DEFAULT_PORT : Integer.parseInt(parts.group(2));
        if (parts.group(2) != null && (port < 1 || port > HttpTarget.MOST_PORT)) {
            throw new IllegalArgumentException(
                    key + ": '" + text + "' has the port " + port + "; allowed are 1 to " + HttpTarget.MOST_PORT);
        }
        return new Entry(new Glob(name), !hasGlob, port);
    }

    /** Rejects a target whose host and port are not listed. */
    void require(HttpTarget target) throws RejectedEventException {
        boolean isDefault = isDefaultPort(target);
        if (!isIn(all, target.host(), target.port(), isDefault)
                && !isIn(named, target.host(), target.port(), isDefault)) {
            throw UriText.rejection(
                    "host_not_allowed",
                    target.uri().toString(),
                    "the host is " + target.host() + ", port " + target.port() + "; references.http.hosts allows '"
                            + hosts + "', references.http.privateHosts '" + privateHosts + "'");
        }
    }

    /** Returns whether an entry without an asterisk allows a target. */
    boolean names(HttpTarget target) {
        return Stream.concat(all.stream(), named.stream())
                .anyMatch(entry -> entry.isName && entry.matches(target.host(), target.port(), isDefaultPort(target)));
    }

    private static boolean isDefaultPort(HttpTarget target) {
        return target.port() == (target.scheme().equals("https") ? 443 : 80);
    }

    /** Returns why a host may not be requested at an address, or null if it may. */
    String refusal(String host, int port, InetAddress address, AddressClass addressClass) throws UnknownHostException {
        if (addressClass == AddressClass.PUBLIC) {
            return null;
        }
        String what = host + " has the address " + address.getHostAddress();
        if (addressClass == AddressClass.UNUSABLE) {
            return what + ", which is no host's";
        }
        boolean isNamed = isIn(named, host, port, port == 80 || port == 443);
        if (addressClass == AddressClass.METADATA && HttpTarget.literal(host) == null) {
            return what + ", which may be a cloud's metadata service; such an address is requested only if "
                    + "references.http.privateHosts has the address itself";
        }
        return isNamed
                ? null
                : what + ", which is not public; references.http.privateHosts allows such addresses for '"
                        + privateHosts + "'";
    }

    private static boolean isIn(List<Entry> entries, String host, int port, boolean isDefaultPort) {
        return entries.stream().anyMatch(entry -> entry.matches(host, port, isDefaultPort));
    }
}
