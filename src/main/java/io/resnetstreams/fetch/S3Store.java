package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Images in S3 and in stores with its interface. */
final class S3Store implements Store {
    /** A response whose body is still on the connection. */
    private record Opened(GetObjectResponse response, AbortableInputStream stream) {}

    private final FetchSettings settings;
    private final BucketRules rules;
    private final Connections connections;
    private S3Client client;

    S3Store(FetchSettings settings) {
        this.settings = settings;
        this.rules = new BucketRules(settings.s3().buckets());
        this.connections = new Connections(Apache5HttpClient.builder()
                .maxConnections(settings.concurrency())
                .connectionAcquisitionTimeout(Duration.ofMillis(settings.connectTimeoutMillis()))
                .connectionTimeout(Duration.ofMillis(settings.connectTimeoutMillis()))
                .socketTimeout(Duration.ofMillis(settings.readTimeoutMillis()))
                .build());
    }

    /**
     * Throws {@link IllegalArgumentException} if no region is configured, and the SDK finds none either. It asks the machine
     * last, which takes seconds where nothing answers.
     */
    static void requireRegion(FetchSettings.S3 s3) {
        if (!s3.region().isEmpty()) {
            return;
        }
        try {
            DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            throw new IllegalArgumentException(S3Failures.NO_REGION, e);
        }
    }

    private synchronized S3Client client() {
        if (client == null) {
            client = client(settings.s3())
                    .httpClient(connections)
                    .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                    .build();
        }
        return client;
    }

    /** Returns a builder of a client for the configured store. */
    static S3ClientBuilder client(FetchSettings.S3 s3) {
        S3ClientBuilder builder = S3Client.builder()
                .forcePathStyle(s3.pathStyle())
                .disableMultiRegionAccessPoints(true)
                // Other stores do not know the headers of checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        if (!s3.region().isEmpty()) {
            builder.region(Region.of(s3.region()));
        }
        return s3.endpoint().isEmpty()
                ? builder.crossRegionAccessEnabled(true)
                : builder.endpointOverride(URI.create(s3.endpoint()));
    }

    @Override
    public Body open(UriParts uri, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException {
        S3Location location = S3Location.of(uri);
        if (!rules.allows(location.bucket())) {
            throw UriText.rejection(
                    "bucket_not_allowed",
                    uri.text(),
                    "the bucket is " + location.bucket() + "; references.s3.buckets allows '" + rules + "'");
        }
        attempt.store("s3://" + location.bucket(), true);
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(location.bucket())
                .key(location.key())
                .versionId(location.version())
                .build();
        Connections.ATTEMPT.set(attempt);
        try {
            Opened opened = client().getObject(request, ResponseTransformer.unmanaged(Opened::new));
            return body(uri, opened.response, opened.stream);
        } catch (SdkException e) {
            throw S3Failures.of(e, uri.text(), Instant.now());
        } finally {
            Connections.ATTEMPT.remove();
        }
    }

    private static Body body(UriParts uri, GetObjectResponse response, AbortableInputStream stream)
            throws RejectedEventException {
        if (response.contentEncoding() != null) {
            try {
                ContentEncoding.requireNone(response.contentEncoding(), uri.text());
            } catch (RejectedEventException e) {
                stream.abort();
                throw e;
            }
        }
        Long length = response.contentLength();
        return new Body(stream, length == null ? Body.UNKNOWN_LENGTH : length, stream::abort);
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
        connections.close();
    }

    /** Lets another thread abort the request of an attempt. The SDK sends it on the thread of the attempt. */
    private record Connections(SdkHttpClient delegate) implements SdkHttpClient {
        private static final ThreadLocal<Attempt> ATTEMPT = new ThreadLocal<>();

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest details) {
            ExecutableHttpRequest request = delegate.prepareRequest(details);
            Attempt attempt = ATTEMPT.get();
            if (attempt != null) {
                attempt.onAbort(request::abort);
            }
            return request;
        }

        @Override
        public String clientName() {
            return delegate.clientName();
        }

        @Override
        public void close() {
            delegate.close();
        }
    }
}
