package io.resnetstreams.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.resnetstreams.events.JsonEvent.OtherTextException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Finds the images in JSON: an event of this pipeline, a CloudEvent in structured mode, or a notification of S3. Thread-safe. */
final class JsonImages {
    /** The code for what is not JSON. */
    static final String MALFORMED = "json";

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final JsonLimits limits;
    private final JsonFactory strict;
    /** For images in other forms than Base64, which are strings that may be as long as the event. */
    private final JsonFactory lenient;

    JsonImages(EventLimits limits, int maxEventBytes) {
        this.limits = new JsonLimits(limits, limits.maxJsonStringLength());
        this.strict = factory(this.limits);
        this.lenient = factory(new JsonLimits(limits, Math.max(maxEventBytes, limits.maxJsonStringLength())));
    }

    /** Returns whether bytes from this index on begin as an object of JSON does, also behind a byte order mark. */
    static boolean startsLikeJson(byte[] value, int from) {
        int mark = BYTE_ORDER_MARK.length;
        boolean isMarked =
                value.length >= from + mark && Arrays.equals(value, from, from + mark, BYTE_ORDER_MARK, 0, mark);
        for (int i = isMarked ? from + mark : from; i < value.length; i++) {
            byte b = value[i];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '{';
            }
        }
        return false;
    }

    private static JsonFactory factory(StreamReadConstraints constraints) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // Attributes may have NaN, which Python's json writes.
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .streamReadConstraints(constraints)
                .build();
    }

    /**
     * Returns the images.
     *
     * @param from where the JSON begins
     * @param isCloudEvent whether the content type says that it is a CloudEvent; else the field {@code specversion} does
     * @param toId returns the event's id, given that of the JSON, which is null if it has none
     */
    List<ImageEvent> read(byte[] value, int from, boolean isCloudEvent, UnaryOperator<String> toId)
            throws RejectedEventException {
        JsonEvent event = parse(value, from, isCloudEvent);
        String id = toId.apply(event.id());
        if (event.image() == null && event.data() != null) {
            return ofData(event, id);
        }
        return ofObject(event, id, event.isCloudEvent() ? "the CloudEvent has no data, and" : "the JSON has");
    }

    private List<ImageEvent> ofData(JsonEvent event, String id) throws RejectedEventException {
        if (event.data() instanceof JsonEvent object) {
            return ofObject(object, id, "the field 'data' has");
        }
        if (event.data() instanceof byte[] bytes) {
            return ContentType.of(event.dataContentType()) == ContentType.JSON
                    ? ofObject(parse(bytes, 0, false), id, "the data has")
                    : List.of(ImageEvent.inline(id, bytes));
        }
        String text = (String) event.data();
        Optional<String> uri = ImageText.uri(text);
        return uri.isPresent()
                ? UriList.images(uri.get(), id)
                : List.of(ImageEvent.inline(id, ImageText.image(text, "the field 'data'")));
    }

    private static List<ImageEvent> ofObject(JsonEvent event, String id, String what) throws RejectedEventException {
        if (event.image() != null) {
            return List.of(ImageEvent.inline(id, event.image()));
        }
        if (event.reference() != null) {
            return List.of(ImageEvent.stored(id, event.reference()));
        }
        if (event.records() != null) {
            return S3Notification.images(event.records());
        }
        String others = event.otherFields().isEmpty() ? "" : ", only " + String.join(", ", event.otherFields());
        throw rejected(
                "no_image",
                what + " no field 'image'" + others + "; Base64, or an object with the field 'uri', is needed in it");
    }

    private JsonEvent parse(byte[] value, int from, boolean isCloudEvent) throws RejectedEventException {
        try {
            try {
                return parse(strict, value, from, new JsonEvent(limits, false, isCloudEvent));
            } catch (OtherTextException e) {
                return parse(lenient, value, from, new JsonEvent(limits, true, isCloudEvent));
            }
        } catch (JsonLimits.ExceededException e) {
            throw new RejectedEventException(Stage.EVENT, e.code(), e.getOriginalMessage(), e);
        } catch (IOException e) {
            String problem = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new RejectedEventException(Stage.EVENT, MALFORMED, "the JSON is not well-formed: " + problem, e);
        }
    }

    private static JsonEvent parse(JsonFactory factory, byte[] value, int from, JsonEvent event)
            throws IOException, RejectedEventException {
        try (JsonParser parser = factory.createParser(value, from, value.length - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw rejected(MALFORMED, "the JSON is not an object");
            }
            event.read(parser);
            if (parser.nextToken() != null) {
                throw rejected(MALFORMED, "there is more text after the JSON object");
            }
            return event;
        }
    }

    private static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.EVENT, code, reason);
    }
}
