package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * The images in an event notification of Amazon S3 or MinIO, whose JSON has a record for each object
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
final class S3Notification {
    private static final String CREATED = "ObjectCreated:";

    private S3Notification() {}

    /** Returns an image for each record, in order; one that names no stored object is rejected by itself. */
    static List<ImageEvent> images(JsonNode records) throws RejectedEventException {
        List<ImageEvent> images = new ArrayList<>();
        for (JsonNode record : records) {
            images.add(image(record, images.size() + 1));
        }
        if (images.isEmpty()) {
            throw new RejectedEventException(
                    Stage.EVENT, "no_image", "the field 'Records' is empty; a record of S3 for each image is needed");
        }
        return images;
    }

    private static ImageEvent image(JsonNode record, int number) throws RejectedEventException {
        JsonNode object = record.path("s3").path("object");
        JsonNode bucket = record.path("s3").path("bucket").path("name");
        JsonNode escapedKey = object.path("key");
        if (!bucket.isTextual() || !escapedKey.isTextual()) {
            throw new RejectedEventException(
                    Stage.EVENT,
                    "no_image",
                    "record " + number + " of the field 'Records' has no s3.bucket.name and s3.object.key");
        }
        String key = key(escapedKey.asText());
        String id = bucket.asText() + "/" + key;
        String name = record.path("eventName").asText();
        // AWS writes 'ObjectCreated:Put', MinIO 's3:ObjectCreated:Put'.
        if (!name.contains(CREATED)) {
            return ImageEvent.rejected(
                    id,
                    new RejectedEventException(
                            Stage.EVENT,
                            "not_created",
                            "the event of S3 is '" + name + "', so there is no new object; subscribe to s3:" + CREATED
                                    + "* only"));
        }
        String version = object.path("versionId").asText("");
        String uri = "s3://" + bucket.asText() + "/" + escaped(key)
                + (version.isEmpty() ? "" : "?versionId=" + URLEncoder.encode(version, UTF_8));
        // Without a version, a later upload may have replaced the object.
        long size = version.isEmpty()
                ? ImageReference.UNKNOWN_SIZE
                : object.path("size").asLong(-1);
        return ImageEvent.stored(id, new ImageReference(uri, null, size));
    }

    /** Keys are encoded as in a form. */
    private static String key(String escaped) throws RejectedEventException {
        try {
            return URLDecoder.decode(escaped, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RejectedEventException(
                    Stage.EVENT, "s3_key", "the key '" + escaped + "' has a wrong escape: " + e.getMessage(), e);
        }
    }

    private static String escaped(String key) {
        return URLEncoder.encode(key, UTF_8).replace("+", "%20").replace("%2F", "/");
    }
}
