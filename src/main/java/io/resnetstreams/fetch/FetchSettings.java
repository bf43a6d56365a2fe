package io.resnetstreams.fetch;

import static io.resnetstreams.common.Ranges.require;

import io.resnetstreams.common.Ranges;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which references are fetched, and how; the section {@code references} of the configuration. A scheme is off until what may
 * be fetched with it is listed. A check's message begins with the name of the component. Lists are separated by commas.
 *
 * @param concurrency the number of attempts at a time
 * @param maxBytes the memory for fetched images
 * @param connectTimeoutMillis the time to connect
 * @param readTimeoutMillis the time to wait for more of an answer
 * @param timeoutMillis the time for an attempt
 * @param maxRedirects the number of redirects that an attempt follows
 * @param retryMillis the time for which temporary failures are retried
 * @param onOutage what happens after that: see {@link OnOutage}
 */
public record FetchSettings(
        S3 s3,
        Http http,
        File file,
        int concurrency,
        long maxBytes,
        long connectTimeoutMillis,
        long readTimeoutMillis,
        long timeoutMillis,
        int maxRedirects,
        long retryMillis,
        String onOutage) {
    private static final int LONGEST_MILLIS = 3_600_000;

    /** What happens to an event whose image can't be fetched for {@code retryMillis}. */
    enum OnOutage {
        /** It becomes a dead letter. */
        DEAD_LETTER("deadLetter"),
        /** It waits until the store answers. */
        WAIT("wait");

        private final String text;

        OnOutage(String text) {
            this.text = text;
        }

        static OnOutage of(String text) {
            return Ranges.oneOf("onOutage", text, values(), value -> value.text);
        }
    }

    public FetchSettings {
        require("concurrency", concurrency, 1, 1_024);
        require("maxBytes", maxBytes, 1 << 20, 1L << 40);
        require("connectTimeoutMillis", connectTimeoutMillis, 1, LONGEST_MILLIS);
        require("readTimeoutMillis", readTimeoutMillis, 1, LONGEST_MILLIS);
        require("timeoutMillis", timeoutMillis, 1, LONGEST_MILLIS);
        require("maxRedirects", maxRedirects, 0, 20);
        require("retryMillis", retryMillis, 0, 86_400_000);
        OnOutage.of(onOutage);
    }

    /**
     * What is fetched with {@code s3://BUCKET/KEY}.
     *
     * @param buckets names of buckets, in which {@code *} stands for any characters
     * @param endpoint URL of an S3-compatible store; empty for AWS
     * @param region empty for that of the AWS SDK's own configuration
     * @param pathStyle whether the bucket is part of the path instead of the host name
     */
    public record S3(String buckets, String endpoint, String region, boolean pathStyle) {
        public S3 {
            new BucketRules(buckets);
            if (!endpoint.isEmpty() && !isEndpoint(endpoint)) {
                throw new IllegalArgumentException("endpoint is '" + UriText.of(endpoint)
                        + "'; http://HOST:PORT or https://HOST:PORT is needed, or nothing for AWS");
            }
            if (!region.matches("[a-z0-9-]*")) {
                throw new IllegalArgumentException(
                        "region is '" + region + "'; allowed are a-z, 0-9 and '-', such as eu-central-1");
            }
        }

        private static boolean isEndpoint(String text) {
            try {
                URI uri = new URI(text);
                return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                        && uri.getHost() != null
                        && uri.getUserInfo() == null
                        && uri.getQuery() == null
                        && uri.getFragment() == null
                        && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
            } catch (URISyntaxException e) {
                return false;
            }
        }
    }

    /**
     * What is fetched with {@code http://} and {@code https://}.
     *
     * @param hosts NAME or NAME:PORT, in which {@code *} stands for any characters
     * @param privateHosts the same without {@code *}; they may have addresses that are not public
     */
    public record Http(String hosts, String privateHosts) {
        public Http {
            new HostRules(hosts, privateHosts);
        }
    }

    /**
     * What is fetched with {@code file:///PATH}.
     *
     * @param roots absolute paths of folders
     */
    public record File(String roots) {
        public File {
            FileStore.roots(roots);
        }
    }

    OnOutage outageRule() {
        return OnOutage.of(onOutage);
    }

    /** Returns the schemes that are enabled, in lower case. */
    public Set<String> schemes() {
        Set<String> enabled = new TreeSet<>();
        if (!s3.buckets.isBlank()) {
            enabled.add("s3");
        }
        if (!http.hosts.isBlank() || !http.privateHosts.isBlank()) {
            enabled.add("http");
            enabled.add("https");
        }
        if (!file.roots.isBlank()) {
            enabled.add("file");
        }
        return enabled;
    }

    /** Returns the key that enables a scheme, or null if there is none. */
    static String keyOf(String scheme) {
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "s3" -> "references.s3.buckets";
            case "http", "https" -> "references.http.hosts";
            case "file" -> "references.file.roots";
            default -> null;
        };
    }
}
