package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is requested over HTTP. The host has one spelling: lower case, no trailing dot, an address in the form of
 * {@link InetAddress#getHostAddress}. Spellings that programs read differently are rejected.
 *
 * @param scheme {@code http} or {@code https}
 * @param host without the brackets of an IPv6 address
 * @param uri the URI to request, without fragment
 */
record HttpTarget(String scheme, String host, int port, URI uri) {
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]*)(?::(\\d{0,5}))?");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*");
    private static final Pattern IPV4 =
            Pattern.compile("(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])(\\.(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])){3}");
    /** The last label of what URL parsers and resolvers read as an IPv4 address, in any of its notations. */
    private static final Pattern NUMERIC_END = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

    private static final int LONGEST_NAME = 253;
    static final int MOST_PORT = 65_535;

    /** Reads the URI of an image. */
    static HttpTarget of(UriParts parts) throws RejectedEventException {
        String authority = parts.authority() == null ? "" : parts.authority();
        if (authority.contains("@")) {
            throw parts.bad("has user information before the host; credentials are not sent");
        }
        Matcher split = AUTHORITY.matcher(authority);
        if (!split.matches()) {
            throw parts.bad("has no HOST or HOST:PORT after " + parts.scheme() + "://");
        }
        int port = parts.scheme().equals("https") ? 443 : 80;
        if (split.group(2) != null && !split.group(2).isEmpty()) {
            port = Integer.parseInt(split.group(2));
            if (port < 1 || port > MOST_PORT) {
                throw parts.bad("has the port " + port + "; allowed are 1 to " + MOST_PORT);
            }
        }
        String host = host(split.group(1));
        if (host == null) {
            throw parts.bad("has a host that is neither a name in ASCII nor an address as 192.0.2.1 or [2001:db8::1]");
        }
        return new HttpTarget(parts.scheme(), host, port, uri(parts));
    }

    private static URI uri(UriParts parts) throws RejectedEventException {
        String text = parts.fragment() == null
                ? parts.text()
                : parts.text().substring(0, parts.text().indexOf('#'));
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw parts.bad("has characters that are not ASCII, or spaces; they must be percent-encoded");
        }
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // The exception's message quotes the URI.
            throw parts.bad("is no URI: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    /** Returns a host in its one spelling, or null if it is not a host or could be read in several ways. */
    static String host(String text) {
        if (text.startsWith("[")) {
            return address(text.substring(1, text.length() - 1));
        }
        String name = text.toLowerCase(Locale.ROOT);
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            return null;
        }
        return NUMERIC_END.matcher(name).matches() && !IPV4.matcher(name).matches() ? null : name;
    }

    /** Returns the canonical form of an IPv6 address, or null; a mapped IPv4 address is returned as such. */
    private static String address(String text) {
        if (!text.contains(":")) {
            return null;
        }
        try {
            // A text with a colon is parsed and never resolved.
            return InetAddress.getByName(text).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** Returns the address that the host is, or null if it is a name. */
    static InetAddress literal(String host) throws UnknownHostException {
        return host.contains(":") || IPV4.matcher(host).matches() ? InetAddress.getByName(host) : null;
    }

    /** Returns the target of a redirect, which is not checked yet. */
    HttpTarget redirected(String location) throws RejectedEventException {
        String target = location;
        try {
            if (location.isEmpty() || location.startsWith("?")) {
                // URI.resolve would remove the last part of the path.
                target = scheme + "://" + uri.getRawAuthority() + uri.getRawPath() + location;
            } else if (!location.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
                target = uri.resolve(new URI(location)).toString();
            }
        } catch (URISyntaxException e) {
            throw UriText.rejection("bad_uri", uri.toString(), "redirects to what is no URI: " + UriText.of(location));
        }
        UriParts parts = UriParts.of(target);
        if (!parts.scheme().equals("https") && (!parts.scheme().equals("http") || scheme.equals("https"))) {
            throw UriText.rejection(
                    "scheme_not_allowed",
                    uri.toString(),
                    "redirects to " + UriText.of(target) + "; allowed is https"
                            + (scheme.equals("http") ? " or http" : ""));
        }
        return of(parts);
    }

    /** Returns scheme, host and port. */
    String origin() {
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
