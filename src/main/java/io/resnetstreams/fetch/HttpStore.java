package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Images over HTTP and HTTPS. Each target, also of a redirect, is checked: scheme, host, port, and the addresses that the
 * client then connects to. No cookie, credential or proxy is used, and nothing is decompressed.
 */
final class HttpStore implements Store {
    /** The store of a failure to resolve a name. */
    static final String NAME_SERVICE = "name resolution";

    private static final int LONGEST_HEADER = 16_384;
    private static final int MOST_HEADERS = 128;
    /** A longer body of a response that is no image is not worth reading to keep its connection. */
    private static final int LONGEST_IGNORED_BODY = 16_384;

    /** A name is looked up again after this time. */
    private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);

    /** The server may have closed a connection that was idle for longer. */
    private static final TimeValue IDLE_WITHOUT_CHECK = TimeValue.ofMilliseconds(100);

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** Hosts beyond this number count as unknown when they are out. */
    private static final int MOST_ANSWERED = 10_000;

    private final FetchSettings settings;
    private final HostRules rules;
    private final CloseableHttpClient client;
    /** Scheme, host and port of what has answered. */
    private final Set<String> answered = ConcurrentHashMap.newKeySet();

    /** Calls {@code onLookup} whenever a name was resolved. */
    HttpStore(FetchSettings settings, HttpNetwork network, Runnable onLookup) {
        this.settings = settings;
        this.rules = new HostRules(settings.http().hosts(), settings.http().privateHosts());
        this.client = client(settings, network, new CheckedDns(rules, network.lookup(), network.classes(), onLookup));
    }

    private static CloseableHttpClient client(FetchSettings settings, HttpNetwork network, CheckedDns dns) {
        Timeout connect = Timeout.ofMilliseconds(settings.connectTimeoutMillis());
        Timeout read = Timeout.ofMilliseconds(settings.readTimeoutMillis());
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(dns)
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(network.tls()))
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom()
                                        .setMaxLineLength(LONGEST_HEADER)
                                        .setMaxHeaderCount(MOST_HEADERS)
                                        .build())
                                .build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(connect)
                                .setSocketTimeout(read)
                                .setTimeToLive(CONNECTION_LIFE)
                                .setValidateAfterInactivity(IDLE_WITHOUT_CHECK)
                                .build())
                        .setMaxConnTotal(settings.concurrency())
                        .setMaxConnPerRoute(settings.concurrency())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(connect)
                        .setResponseTimeout(read)
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .setUserAgent("resnet-streams")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    @Override
    public Body open(UriParts uri, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException {
        HttpTarget target = HttpTarget.of(uri);
        for (int redirects = 0; ; redirects++) {
            rules.require(target);
            ClassicHttpResponse response = send(target, attempt);
            Header location = REDIRECTS.contains(response.getCode()) ? response.getFirstHeader("Location") : null;
            if (location == null) {
                return body(target, response);
            }
            ignoreBody(response);
            if (redirects == settings.maxRedirects()) {
                throw UriText.rejection(
                        "too_many_redirects",
                        uri.text(),
                        "is redirected more often than references.maxRedirects allows, " + redirects
                                + " times; next is " + UriText.of(location.getValue()));
            }
            target = target.redirected(location.getValue());
        }
    }

    private ClassicHttpResponse send(HttpTarget target, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException {
        HttpGet request = new HttpGet(target.uri());
        boolean hasDefaultPort = target.port() == (target.scheme().equals("https") ? 443 : 80);
        request.setAuthority(new URIAuthority(target.host(), hasDefaultPort ? -1 : target.port()));
        request.setHeader("Accept-Encoding", "identity");
        String origin = target.origin();
        attempt.store(origin, rules.names(target) || answered.contains(origin));
        attempt.onAbort(request::cancel);
        try {
            ClassicHttpResponse response =
                    client.executeOpen(new HttpHost(target.scheme(), target.host(), target.port()), request, null);
            if (answered.size() < MOST_ANSWERED) {
                answered.add(origin);
            }
            return response;
        } catch (IOException e) {
            TemporaryFailureException failure = IoFailures.of(e, target.uri().toString());
            if (failure.code().equals("dns")) {
                attempt.store(NAME_SERVICE, true);
            }
            throw failure;
        }
    }

    private Body body(HttpTarget target, ClassicHttpResponse response)
            throws RejectedEventException, TemporaryFailureException, IOException {
        int status = response.getCode();
        HttpEntity entity = response.getEntity();
        if (status != 200) {
            ignoreBody(response);
            throw HttpStatus.failure(status, target.uri().toString(), "the server", retryAfterMillis(response));
        }
        try {
            requireIdentity(target, response);
            if (entity == null) {
                throw UriText.rejection("empty", target.uri().toString(), "the response has no body");
            }
            return new Body(entity.getContent(), entity.getContentLength(), () -> close(response));
        } catch (RejectedEventException | IOException | RuntimeException e) {
            close(response);
            throw e;
        }
    }

    private static void requireIdentity(HttpTarget target, ClassicHttpResponse response) throws RejectedEventException {
        for (Header header : response.getHeaders("Content-Encoding")) {
            ContentEncoding.requireNone(header.getValue(), target.uri().toString());
        }
    }

    private static long retryAfterMillis(ClassicHttpResponse response) {
        Header header = response.getFirstHeader("Retry-After");
        return header == null ? 0 : HttpStatus.retryAfterMillis(header.getValue(), Instant.now());
    }

    /** Keeps the connection if the body is short. */
    private static void ignoreBody(ClassicHttpResponse response) {
        HttpEntity entity = response.getEntity();
        try {
            if (entity != null && entity.getContentLength() >= 0 && entity.getContentLength() <= LONGEST_IGNORED_BODY) {
                EntityUtils.consume(entity);
            }
        } catch (IOException e) {
            // The status is known, and the connection is closed.
        } finally {
            close(response);
        }
    }

    private static void close(ClassicHttpResponse response) {
        try {
            response.close();
        } catch (IOException e) {
            // It is closed nevertheless.
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
