package io.resnetstreams.events;

import static io.resnetstreams.events.RawEvent.headerText;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.registry.SchemaRegistry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;

/**
 * Reads the images of an event: an image file, JSON with an image in Base64 or with a reference to one, a CloudEvent (binary or
 * structured mode of the Kafka protocol binding 1.0.2), a notification of S3, a list of URIs, or Avro or Protobuf of a schema
 * registry. The header {@code content-type} tells them apart; if it is missing or says nothing, the first bytes do. Thread-safe.
 *
 * <p>The id is that of the CloudEvent; else the {@code id} in JSON, Avro or Protobuf; else the header {@code id}; else the key;
 * else, or if it is empty, the source position. An image of a notification has the id {@code BUCKET/KEY}.
 */
public final class EventReader {
    public static final String CONTENT_TYPE_HEADER = "content-type";
    public static final String ID_HEADER = "id";

    /** The prefix of the headers with the attributes of a CloudEvent in binary mode. */
    public static final String CLOUD_EVENT_PREFIX = "ce_";

    /** The header with the URI of the image; two more may have its SHA-256 in hexadecimal, and its size in bytes. */
    public static final String IMAGE_URI_HEADER = "image-uri";

    public static final String IMAGE_SHA256_HEADER = "image-sha256";
    public static final String IMAGE_SIZE_HEADER = "image-size";

    /** The code for events whose key, value and headers together exceed the limit. */
    public static final String TOO_LARGE = "event_too_large";

    private static final int TEXT_START_BYTES = 64;

    private final EventLimits limits;
    private final int maxEventBytes;
    private final JsonImages json;
    /** Null without a schema registry. */
    private final FramedImages framed;

    /** Reads events of up to this size: key, value and headers together, uncompressed. Avro and Protobuf are rejected. */
    public EventReader(EventLimits limits, int maxEventBytes) {
        this.limits = limits;
        this.maxEventBytes = maxEventBytes;
        this.json = new JsonImages(limits, maxEventBytes);
        this.framed = null;
    }

    /**
     * Also reads Avro and Protobuf, by the schemas of a registry. While the registry is unavailable, {@link #read} blocks on
     * such an event, until its thread is interrupted; then it throws {@link IllegalStateException}.
     */
    public EventReader(EventLimits limits, int maxEventBytes, SchemaRegistry registry, SchemaFields fields) {
        this.limits = limits;
        this.maxEventBytes = maxEventBytes;
        this.json = new JsonImages(limits, maxEventBytes);
        this.framed = new FramedImages(registry, fields, limits.maxJsonDepth(), System::nanoTime);
    }

    /** Returns why events wait for the schema registry, as a sentence without its full stop; empty if they do not. */
    public Optional<String> outage() {
        return framed == null ? Optional.empty() : framed.outage();
    }

    /**
     * Returns whether {@link #read} looks up the schema of an event, so that it may block: the event begins with the framing of a
     * schema registry, and its schema is not known yet.
     */
    public boolean looksUpSchema(RawEvent event) {
        byte[] value = event.value();
        if (framed == null || value == null || value.length == 0 || isFramedJson(value)) {
            return false;
        }
        OptionalInt schemaId = Framing.schemaId(value);
        return schemaId.isPresent() && framed.looksUp(schemaId.getAsInt());
    }

    /**
     * Reads the images of an event, in its order; most events have one. An invalid event is rejected at stage {@link
     * Stage#EVENT}; one that is too large to be written to a dead-letter topic unchanged is rejected at {@link Stage#LIMITS},
     * with the code {@value #TOO_LARGE}.
     */
    public List<ImageEvent> read(RawEvent event) throws RejectedEventException {
        if (event.contentBytes() > maxEventBytes) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    TOO_LARGE,
                    "key, value and headers have " + event.contentBytes() + " bytes once uncompressed; at most "
                            + maxEventBytes + " are allowed");
        }
        if (event.headerCount() > limits.maxHeaders()) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "too_many_headers",
                    "the event has " + event.headerCount() + " headers; at most " + limits.maxHeaders()
                            + " are allowed");
        }
        List<ImageEvent> images = partOf(event, images(event));
        for (ImageEvent image : images) {
            requireShort(image.id());
        }
        return images;
    }

    /** Returns an event's id. If it can't be read, or has several images, it is that of its record. */
    public String id(RawEvent event) {
        try {
            List<ImageEvent> images = read(event);
            return images.size() == 1 ? images.get(0).id() : recordId(event);
        } catch (RejectedEventException e) {
            return recordId(event);
        }
    }

    /** Returns the image that an event was sent again for, if it was; otherwise all of them. */
    private static List<ImageEvent> partOf(RawEvent event, List<ImageEvent> images) throws RejectedEventException {
        String text = headerText(event.headers(), Part.HEADER);
        if (text == null) {
            return images;
        }
        Part part = Part.parse(text);
        if (part == null || part.of() != images.size()) {
            throw rejected(
                    "part",
                    "the header '" + Part.HEADER + "' is '" + text + "'; the event has " + images.size() + " images");
        }
        return List.of(images.get(part.number() - 1));
    }

    private List<ImageEvent> images(RawEvent event) throws RejectedEventException {
        byte[] value = event.value();
        if (headerText(event.headers(), IMAGE_URI_HEADER) != null) {
            return List.of(ImageEvent.stored(recordId(event), headerReference(event.headers())));
        }
        if (value == null || value.length == 0) {
            return withoutValue(event);
        }
        String contentType = headerText(event.headers(), CONTENT_TYPE_HEADER);
        return switch (ContentType.of(contentType)) {
            case IMAGE -> List.of(ImageEvent.inline(recordId(event), value));
            case JSON -> json(event, isFramedJson(value) ? Framing.BYTES : 0, false);
            case CLOUD_EVENT -> json(event, 0, true);
            case URI_LIST -> UriList.images(ImageText.text(value, value.length), recordId(event));
            case FRAMED -> framed(event, contentType);
            case UNKNOWN -> byFirstBytes(event);
            case OTHER -> throw rejected(
                    "content_type",
                    "content-type is '" + ContentType.name(contentType) + "'; allowed are image/*, application/json,"
                            + " application/cloudevents+json, text/uri-list, application/avro and application/protobuf"
                            + " with a schema registry, and application/octet-stream for any of them");
        };
    }

    private static ImageReference headerReference(Headers headers) throws RejectedEventException {
        return new ReferenceFields(
                        headerText(headers, IMAGE_URI_HEADER),
                        headerText(headers, IMAGE_SHA256_HEADER),
                        headerText(headers, IMAGE_SIZE_HEADER))
                .reference("the header '" + IMAGE_URI_HEADER + "'");
    }

    private static List<ImageEvent> withoutValue(RawEvent event) throws RejectedEventException {
        String dataReference = headerText(event.headers(), CLOUD_EVENT_PREFIX + "dataref");
        if (dataReference != null) {
            return UriList.images(dataReference, recordId(event));
        }
        throw rejected(
                "empty",
                "the event has no value; an image, JSON with an image, or the header '" + IMAGE_URI_HEADER
                        + "' is needed");
    }

    private List<ImageEvent> byFirstBytes(RawEvent event) throws RejectedEventException {
        byte[] value = event.value();
        if (JsonImages.startsLikeJson(value, 0)) {
            return json(event, 0, false);
        }
        if (isFramedJson(value)) {
            return framedJson(event);
        }
        requireNoGuid(event);
        OptionalInt schemaId = Framing.schemaId(value);
        if (schemaId.isPresent()) {
            return framed(event, schemaId.getAsInt());
        }
        String start = ImageText.text(value, Math.min(value.length, TEXT_START_BYTES));
        if (ImageText.isDataUrl(start)) {
            byte[] image = ImageText.image(ImageText.text(value, value.length), "the value");
            return List.of(ImageEvent.inline(recordId(event), image));
        }
        if (ImageText.uri(start).isPresent()) {
            return UriList.images(ImageText.text(value, value.length), recordId(event));
        }
        return List.of(ImageEvent.inline(recordId(event), value));
    }

    private List<ImageEvent> json(RawEvent event, int from, boolean isCloudEvent) throws RejectedEventException {
        return json.read(event.value(), from, isCloudEvent, id -> id(id, event));
    }

    /** Returns the id of an event whose value has this one, or null. */
    private static String id(String inValue, RawEvent event) {
        String outer = headerText(event.headers(), CLOUD_EVENT_PREFIX + "id");
        return inValue == null || outer != null ? recordId(event) : orPosition(inValue, event);
    }

    private List<ImageEvent> framedJson(RawEvent event) throws RejectedEventException {
        try {
            return json(event, Framing.BYTES, false);
        } catch (RejectedEventException e) {
            OptionalInt schemaId = Framing.schemaId(event.value());
            if (framed == null || schemaId.isEmpty() || !e.code().equals(JsonImages.MALFORMED)) {
                throw e;
            }
            // Avro may begin like JSON, too.
            return framed(event, schemaId.getAsInt());
        }
    }

    private static boolean isFramedJson(byte[] value) {
        return value[0] == 0 && JsonImages.startsLikeJson(value, Framing.BYTES);
    }

    private List<ImageEvent> framed(RawEvent event, String contentType) throws RejectedEventException {
        requireNoGuid(event);
        OptionalInt schemaId = Framing.schemaId(event.value());
        if (schemaId.isEmpty()) {
            throw rejected(
                    "content_type",
                    "content-type is '" + ContentType.name(contentType)
                            + "'; allowed are values that begin with a zero and the"
                            + " id of a schema in four bytes, as a schema registry's serializers write them");
        }
        return framed(event, schemaId.getAsInt());
    }

    private List<ImageEvent> framed(RawEvent event, int schemaId) throws RejectedEventException {
        if (framed == null) {
            throw rejected(
                    "schema_id",
                    "the value begins as a schema registry's serializers write it, with the schema id " + schemaId
                            + ", but is not JSON; schemaRegistry.url is needed to read Avro and Protobuf");
        }
        FramedEvent found = framed.read(schemaId, event.value());
        return List.of(found.toEvent(id(found.id(), event)));
    }

    /** The schema could be looked up by its GUID, too, but serializers write it only if they are told to. */
    private static void requireNoGuid(RawEvent event) throws RejectedEventException {
        if (event.headers().lastHeader(Framing.GUID_HEADER) != null) {
            throw rejected(
                    "schema_id",
                    "the header '" + Framing.GUID_HEADER
                            + "' has the GUID of a schema, which is not read; the producer needs"
                            + " value.schema.id.serializer=io.confluent.kafka.serializers.schema.id.PrefixSchemaIdSerializer");
        }
    }

    /** Returns the id that an event has without its value. */
    private static String recordId(RawEvent event) {
        String id = headerText(event.headers(), CLOUD_EVENT_PREFIX + "id");
        if (id == null) {
            id = headerText(event.headers(), ID_HEADER);
        }
        if (id == null && event.key() != null) {
            id = new String(event.key(), UTF_8);
        }
        return orPosition(id, event);
    }

    private static String orPosition(String id, RawEvent event) {
        return id == null || id.isEmpty() ? event.source().toString() : id;
    }

    private void requireShort(String id) throws RejectedEventException {
        if (id.length() > limits.maxIdLength()) {
            throw rejected(
                    "id_too_long",
                    "the id has " + id.length() + " characters; at most " + limits.maxIdLength() + " are allowed");
        }
    }

    private static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.EVENT, code, reason);
    }
}
