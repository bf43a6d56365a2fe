package io.resnetstreams.events;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.Base64Variant.PaddingReadBehaviour;
import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the JSON of an event says of its image: an event of this pipeline, a CloudEvent in structured mode, or a notification of
 * S3. Unknown fields are skipped. Used once, by one thread.
 */
final class JsonEvent {
    private static final JsonMapper TREES = new JsonMapper();
    /** Blanks and line breaks are skipped. */
    private static final Base64Variant BASE64 =
            Base64Variants.MIME_NO_LINEFEEDS.withReadPadding(PaddingReadBehaviour.PADDING_ALLOWED);

    private static final int MOST_NAMED = 10;

    private final StreamReadConstraints limits;
    private final boolean isLenient;
    private final Set<String> otherFields = new LinkedHashSet<>();
    private boolean isCloudEvent;

    /** The id, which may be empty; null without one. */
    private String id;

    private byte[] image;
    private ImageReference reference;
    private JsonNode records;
    private String dataContentType;
    /** The data of a CloudEvent: an event, a text or bytes; null without data. */
    private Object data;
    /** The fields of a reference that is the data of a CloudEvent itself. */
    private final ReferenceFields own = new ReferenceFields();

    /** An image is a text that is not decoded while it is parsed, such as a {@code data:} URL: parse leniently. */
    static final class OtherTextException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Creates an event that is to be parsed.
     *
     * @param limits for strings other than the image
     * @param isLenient whether an image is first read as text; otherwise it is decoded while it is parsed, and any other text than
     *     Base64 throws {@link OtherTextException}
     * @param isCloudEvent whether the content type says so; otherwise the field {@code specversion} does
     */
    JsonEvent(StreamReadConstraints limits, boolean isLenient, boolean isCloudEvent) {
        this.limits = limits;
        this.isLenient = isLenient;
        this.isCloudEvent = isCloudEvent;
    }

    String id() {
        return id;
    }

    byte[] image() {
        return image;
    }

    ImageReference reference() {
        return reference;
    }

    /** Returns the records of a notification of S3, or null. */
    JsonNode records() {
        return records;
    }

    boolean isCloudEvent() {
        return isCloudEvent;
    }

    /** Returns the content type of a CloudEvent's data, or null. */
    String dataContentType() {
        return dataContentType;
    }

    /** Returns the data of a CloudEvent: a {@link JsonEvent}, a {@link String} or bytes; null without data. */
    Object data() {
        return data;
    }

    /** Returns the names of fields that were skipped, for an error. */
    Set<String> otherFields() {
        return otherFields;
    }

    /** Reads the fields of the object whose start the parser is at. */
    JsonEvent read(JsonParser parser) throws IOException, RejectedEventException {
        return read(parser, false);
    }

    private JsonEvent read(JsonParser parser, boolean isData) throws IOException, RejectedEventException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            if (!(isCloudEvent && readCloudEvent(parser, field, token))
                    && !(isData && own.read(parser, field, token))
                    && !readOwn(parser, field, token)) {
                if (otherFields.size() < MOST_NAMED) {
                    otherFields.add(field);
                }
                pass(parser, token);
            }
        }
        if (reference == null && own.isSet()) {
            reference = own.reference("the field 'data'");
        }
        return this;
    }

    private boolean readOwn(JsonParser parser, String field, JsonToken token)
            throws IOException, RejectedEventException {
        switch (field) {
            case "id" -> id = readId(parser, token);
            case "image" -> readImage(parser, token);
            case "Records" -> {
                if (token != JsonToken.START_ARRAY) {
                    return false;
                }
                records = TREES.readTree(parser);
            }
            case "specversion" -> {
                isCloudEvent |= token == JsonToken.VALUE_STRING;
                pass(parser, token);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean readCloudEvent(JsonParser parser, String field, JsonToken token)
            throws IOException, RejectedEventException {
        switch (field) {
            case "datacontenttype" -> dataContentType = token == JsonToken.VALUE_STRING ? parser.getText() : null;
            case "dataref" -> {
                ReferenceFields dataReference = new ReferenceFields();
                dataReference.read(parser, ReferenceFields.URI, token);
                reference = dataReference.isSet() ? dataReference.reference("the field 'dataref'") : reference;
            }
            case "data_base64" -> data = token == JsonToken.VALUE_NULL ? null : bytes(parser, field, token);
            case "data" -> readData(parser, token);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readData(JsonParser parser, JsonToken token) throws IOException, RejectedEventException {
        if (token == JsonToken.START_OBJECT) {
            data = new JsonEvent(limits, isLenient, false).read(parser, true);
        } else if (token == JsonToken.VALUE_STRING) {
            data = text(parser);
        } else if (token != JsonToken.VALUE_NULL) {
            throw rejected(
                    "no_image",
                    "the field 'data' is " + describe(token) + "; an object with an image, or a string, is needed");
        }
    }

    private static String readId(JsonParser parser, JsonToken token) throws IOException, RejectedEventException {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getText();
            default -> throw rejected(
                    "id", "the field 'id' is " + describe(token) + "; a string or a number is needed");
        };
    }

    private void readImage(JsonParser parser, JsonToken token) throws IOException, RejectedEventException {
        if (token == JsonToken.START_OBJECT) {
            ReferenceFields fields = new ReferenceFields();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (!fields.read(parser, field, value)) {
                    pass(parser, value);
                }
            }
            reference = fields.reference("the field 'image'");
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw rejected(
                    "image",
                    "the field 'image' is " + describe(token)
                            + "; a Base64 string, or an object with the field 'uri', is needed");
        }
        if (isLenient) {
            String text = text(parser);
            Optional<String> uri = ImageText.uri(text);
            if (uri.isPresent()) {
                reference = new ImageReference(uri.get(), null, ImageReference.UNKNOWN_SIZE);
            } else {
                image = ImageText.image(text, "the field 'image'");
            }
        } else {
            image = bytes(parser, "image", token);
        }
    }

    private byte[] bytes(JsonParser parser, String field, JsonToken token) throws IOException, RejectedEventException {
        if (token != JsonToken.VALUE_STRING) {
            throw rejected(field, "the field '" + field + "' is " + describe(token) + "; a Base64 string is needed");
        }
        if (isLenient) {
            return ImageText.image(parser.getText(), "the field '" + field + "'");
        }
        try {
            return parser.getBinaryValue(BASE64);
        } catch (JsonEOFException e) {
            throw e; // the event itself is truncated
        } catch (JsonProcessingException e) {
            throw new OtherTextException();
        }
    }

    private String text(JsonParser parser) throws IOException {
        if (!isLenient) {
            throw new OtherTextException();
        }
        return parser.getText();
    }

    /** Skips a value, but reads its strings, so that limits and encoding are checked. */
    private void pass(JsonParser parser, JsonToken first) throws IOException {
        int depth = 0;
        for (JsonToken token = first; token != null; token = parser.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                // Jackson checks the limit only when it creates a string or its buffer grows.
                limits.validateStringLength(parser.getTextLength());
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

    static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NULL -> "null";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "a number";
        };
    }

    private static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.EVENT, code, reason);
    }
}
