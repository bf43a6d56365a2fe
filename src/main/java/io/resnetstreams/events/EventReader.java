package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;

/**
 * Reads the image event in a record: the image file itself ({@code content-type: image/*}), or JSON with the file in
 * Base64 ({@code application/json}); without the header, a value that begins with <code>{</code> is JSON. The id is the
 * JSON's {@code id}; else the header {@code id}; else the key; else the source position. Immutable and thread-safe.
 */
public final class EventReader {
    public static final String CONTENT_TYPE_HEADER = "content-type";
    public static final String ID_HEADER = "id";

    /** The code for events whose key, value and headers together exceed the limit. */
    public static final String TOO_LARGE = "event_too_large";

    private final EventLimits limits;
    private final int maxEventBytes;
    private final JsonLimits jsonLimits;
    private final JsonFactory json;

    /** The content of an event: the id for its label, and an image file (JPEG, PNG, …), not yet decoded. */
    public record ImageEvent(String id, byte[] image) {}

    /** Reads events of up to this size: key, value and headers together, uncompressed. */
    public EventReader(EventLimits limits, int maxEventBytes) {
        this.limits = limits;
        this.maxEventBytes = maxEventBytes;
        this.jsonLimits = new JsonLimits(limits);
        this.json = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(jsonLimits)
                .build();
    }

    /**
     * Reads an event. An invalid one is rejected at stage {@link Stage#EVENT}; one that is too large to be written to a
     * dead-letter topic unchanged is rejected at {@link Stage#LIMITS}, with the code {@value #TOO_LARGE}.
     */
    public ImageEvent read(RawEvent event) throws RejectedEventException {
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
        byte[] value = event.value();
        if (value == null || value.length == 0) {
            throw rejected("empty", "the event has no value; an image or a JSON object with an image is needed");
        }
        String contentType = contentType(event.headers());
        if (contentType == null ? startsLikeJson(value) : contentType.equals("application/json")) {
            return readJson(event);
        }
        if (contentType == null || contentType.startsWith("image/")) {
            return new ImageEvent(checkedId(idWithoutJson(event)), value);
        }
        throw rejected(
                "content_type", "content-type is '" + contentType + "'; allowed are image/* and application/json");
    }

    /** Returns an event's id. If the event can't be read, it is the header {@code id}, the key, or the source position. */
    public String id(RawEvent event) {
        try {
            return read(event).id();
        } catch (RejectedEventException e) {
            return idWithoutJson(event);
        }
    }

    private static String contentType(Headers headers) {
        String text = RawEvent.headerText(headers, CONTENT_TYPE_HEADER);
        return text == null ? null : text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static boolean startsLikeJson(byte[] value) {
        for (byte b : value) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '{';
            }
        }
        return false;
    }

    private ImageEvent readJson(RawEvent event) throws RejectedEventException {
        String id = null;
        byte[] image = null;
        try (JsonParser parser = json.createParser(event.value())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw rejected("json", "the JSON is not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (field) {
                    case "id" -> id = readId(parser, token);
                    case "image" -> image = readImage(parser, token);
                    default -> pass(parser, token);
                }
            }
            if (parser.nextToken() != null) {
                throw rejected("json", "there is more text after the JSON object");
            }
        } catch (JsonLimits.ExceededException e) {
            throw new RejectedEventException(Stage.EVENT, e.code(), e.getOriginalMessage(), e);
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new RejectedEventException(Stage.EVENT, "json", "the JSON is not well-formed: " + problem, e);
        }
        if (image == null) {
            throw rejected("no_image", "the JSON has no field 'image'");
        }
        return new ImageEvent(checkedId(id == null ? idWithoutJson(event) : id), image);
    }

    /** Skips a value, but reads its strings, so that limits and encoding are checked. */
    private void pass(JsonParser parser, JsonToken first) throws IOException {
        int depth = 0;
        for (JsonToken token = first; token != null; token = parser.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                // Jackson checks the limit only when it creates a string or its buffer grows.
                jsonLimits.validateStringLength(parser.getTextLength());
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth == 0) {
                return;
            }
        }
    }

    private static String readId(JsonParser parser, JsonToken token) throws IOException, RejectedEventException {
        if (token != JsonToken.VALUE_STRING) {
            throw rejected("id", "the field 'id' is " + describe(token) + "; a string is needed");
        }
        return parser.getText();
    }

    private static byte[] readImage(JsonParser parser, JsonToken token) throws IOException, RejectedEventException {
        if (token != JsonToken.VALUE_STRING) {
            throw rejected("image", "the field 'image' is " + describe(token) + "; a Base64 string is needed");
        }
        try {
            return parser.getBinaryValue();
        } catch (JsonEOFException e) {
            throw e; // the event itself is truncated
        } catch (JsonProcessingException e) {
            throw new RejectedEventException(
                    Stage.EVENT, "base64", "the field 'image' is not Base64: " + e.getOriginalMessage(), e);
        }
    }

    private static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_NULL -> "null";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "a number";
        };
    }

    private static String idWithoutJson(RawEvent event) {
        String id = RawEvent.headerText(event.headers(), ID_HEADER);
        if (id != null) {
            return id;
        }
        return event.key() == null ? event.source().toString() : new String(event.key(), UTF_8);
    }

    private String checkedId(String id) throws RejectedEventException {
        if (id.length() > limits.maxIdLength()) {
            throw rejected(
                    "id_too_long",
                    "the id has " + id.length() + " characters; at most " + limits.maxIdLength() + " are allowed");
        }
        return id;
    }

    private static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.EVENT, code, reason);
    }
}
