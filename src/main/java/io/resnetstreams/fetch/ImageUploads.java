package io.resnetstreams.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Stores images where events can refer to them: below a URI of S3, or in a folder. Thread-safe. */
public abstract class ImageUploads implements AutoCloseable {
    /** The name of an object, with which a prefix can be checked as a reference is. */
    private static final String EXAMPLE = "NAME";

    private final String prefix;

    private ImageUploads(String prefix) {
        this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
    }

    /**
     * Stores images below a URI, {@code s3://BUCKET/PREFIX} or {@code file:///FOLDER}, with the endpoint and region of the
     * settings.
     *
     * @throws IllegalArgumentException if it is another URI, or no region is known; the message says so
     */
    public static ImageUploads below(String uri, FetchSettings settings) {
        try {
            UriParts parts = UriParts.of(uri.endsWith("/") ? uri + EXAMPLE : uri + "/" + EXAMPLE);
            return switch (parts.scheme()) {
                case "s3" -> new ToS3(uri, S3Location.of(parts), settings.s3());
                case "file" -> new ToFolder(uri, parts.decode(parts.path()));
                default -> throw new IllegalArgumentException(
                        "'" + uri + "' can't take images; allowed are s3://BUCKET/PREFIX and file:///FOLDER");
            };
        } catch (RejectedEventException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (SdkException e) {
            throw new IllegalArgumentException(reason(e, uri), e);
        }
    }

    private static String reason(SdkException failure, String uri) {
        try {
            return S3Failures.of(failure, uri, Instant.now()).getMessage();
        } catch (RejectedEventException e) {
            return e.getMessage();
        }
    }

    /**
     * Stores an image file under a name, which may have slashes, and overwrites it if it exists; returns its URI.
     *
     * @throws IOException if the store does not take it; the message names the URI and the reason
     */
    public String put(String name, byte[] image) throws IOException {
        // Stores and file systems resolve these parts.
        String relative = Arrays.stream(name.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals(".") && !part.equals(".."))
                .collect(Collectors.joining("/"));
        String uri = prefix
                + Arrays.stream(relative.split("/"))
                        .map(part -> URLEncoder.encode(part, UTF_8).replace("+", "%20"))
                        .collect(Collectors.joining("/"));
        try {
            write(relative, image);
        } catch (SdkException e) {
            throw new IOException(uri + " can't be written: " + reason(e, uri), e);
        } catch (IOException e) {
            throw new IOException(uri + " can't be written: " + e.getMessage(), e);
        }
        return uri;
    }

    abstract void write(String name, byte[] image) throws IOException;

    @Override
    public void close() {}

    private static final class ToFolder extends ImageUploads {
        private final String folder;

        ToFolder(String prefix, String example) {
            super(prefix);
            this.folder = example.substring(0, example.lastIndexOf('/'));
        }

        @Override
        void write(String name, byte[] image) throws IOException {
            FileStore.write(folder, name, image);
        }
    }

    private static final class ToS3 extends ImageUploads {
        private final String bucket;
        private final String keyPrefix;
        private final S3Client client;

        ToS3(String prefix, S3Location example, FetchSettings.S3 settings) {
            super(prefix);
            this.bucket = example.bucket();
            this.keyPrefix = example.key().substring(0, example.key().length() - EXAMPLE.length());
            this.client = S3Store.client(settings)
                    .httpClientBuilder(Apache5HttpClient.builder())
                    // Not all stores know the SDK's way to sign a body in chunks.
                    .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                    .build();
        }

        @Override
        void write(String name, byte[] image) {
            client.putObject(request -> request.bucket(bucket).key(keyPrefix + name), RequestBody.fromBytes(image));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
