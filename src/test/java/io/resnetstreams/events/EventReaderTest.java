package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
    private static final byte[] KEY = "the key".getBytes(UTF_8);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
    private static final Headers JSON = headers("content-type", "application/json");
    private static final Headers IMAGE = headers("content-type", "image/png");

    private final EventReader reader = new EventReader(new EventLimits(4, 30, 10, 20, 3), 300);

    private ImageEvent readJson(String json) throws RejectedEventException {
        return read(event(KEY, json.getBytes(UTF_8), JSON));
    }

    private ImageEvent read(RawEvent event) throws RejectedEventException {
        List<ImageEvent> images = reader.read(event);
        assertThat(images).hasSize(1);
        return images.get(0);
    }

    private void assertRejected(RawEvent event, String code, String reason) {
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> read(event))
                .withMessageContaining(reason)
                .satisfies(rejection -> {
                    assertThat(rejection.stage()).isEqualTo(Stage.EVENT);
                    assertThat(rejection.code()).isEqualTo(code);
                });
    }

    private void assertJsonRejected(String json, String code, String reason) {
        assertRejected(event(KEY, json.getBytes(UTF_8), JSON), code, reason);
    }

    @Test
    void anImageIsTheValueItself() throws RejectedEventException {
        assertThat(read(event(KEY, PNG, IMAGE)).image()).isEqualTo(PNG);
    }

    @Test
    void jsonCarriesTheImageInBase64() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"AQID\"}").image()).containsExactly(1, 2, 3);
    }

    @Test
    void withoutContentTypeAValueThatBeginsWithABraceIsJson() throws RejectedEventException {
        byte[] json = " \n{\"image\": \"AQID\"}".getBytes(UTF_8);
        assertThat(read(event(KEY, json, headers())).image()).containsExactly(1, 2, 3);
    }

    @Test
    void withoutContentTypeAnyOtherValueIsAnImage() throws RejectedEventException {
        assertThat(read(event(KEY, PNG, headers())).image()).isEqualTo(PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "APPLICATION/JSON", " Application/Json ;x=y"})
    void contentTypesOfJsonMayHaveParametersAndAnyCase(String contentType) throws RejectedEventException {
        RawEvent event = event(KEY, "{\"image\": \"AQID\"}".getBytes(UTF_8), headers("content-type", contentType));
        assertThat(read(event).image()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/*", "image/jpeg; q=1", "IMAGE/PNG"})
    void contentTypesOfImagesMayHaveParametersAndAnyCase(String contentType) throws RejectedEventException {
        assertThat(read(event(KEY, PNG, headers("content-type", contentType))).image())
                .isEqualTo(PNG);
    }

    @Test
    void theLastContentTypeCounts() throws RejectedEventException {
        Headers both = headers("content-type", "text/plain", "content-type", "image/png");
        assertThat(read(event(KEY, PNG, both)).image()).isEqualTo(PNG);
    }

    @Test
    void theIdInTheJsonComesFirst() throws RejectedEventException {
        Headers headers = headers("content-type", "application/json", "id", "from header");
        RawEvent event = event(KEY, "{\"id\": \"from json\", \"image\": \"\"}".getBytes(UTF_8), headers);
        assertThat(read(event).id()).isEqualTo("from json");
    }

    @Test
    void theIdInTheHeaderComesBeforeTheKey() throws RejectedEventException {
        Headers headers = headers("content-type", "image/png", "id", "from header");
        assertThat(read(event(KEY, PNG, headers)).id()).isEqualTo("from header");
    }

    @Test
    void theKeyIsTheIdWhereNothingElseIs() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"\"}").id()).isEqualTo("the key");
    }

    @Test
    void withoutKeyThePositionIsTheId() throws RejectedEventException {
        assertThat(read(event(null, PNG, IMAGE)).id()).isEqualTo("image-events-2@7");
    }

    @Test
    void anUnreadableEventHasTheIdOfItsRecord() {
        assertThat(reader.id(event(KEY, "{\"id\": ".getBytes(UTF_8), JSON))).isEqualTo("the key");
        assertThat(reader.id(event(KEY, null, headers("id", "from header")))).isEqualTo("from header");
        assertThat(reader.id(event(null, null, headers()))).isEqualTo("image-events-2@7");
    }

    @Test
    void aReadableEventHasTheIdInItsValue() {
        assertThat(reader.id(event(KEY, "{\"id\": \"x\", \"image\": \"\"}".getBytes(UTF_8), JSON)))
                .isEqualTo("x");
    }

    @Test
    void unknownFieldsAreIgnored() throws RejectedEventException {
        assertThat(readJson("{\"attributes\": {\"a\": [1, null]}, \"image\": \"AQID\", \"more\": true}")
                        .image())
                .containsExactly(1, 2, 3);
    }

    @Test
    void nestingUpToTheLimitPasses() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"AQID\", \"a\": [[[1]]]}").image()).hasSize(3);
    }

    @Test
    void nestingBeyondTheLimitIsRejected() {
        assertJsonRejected(
                "{\"image\": \"AQID\", \"a\": [[[[1]]]]}",
                "json_too_deep",
                "the JSON nests deeper than the 4 levels allowed");
    }

    @Test
    void stringsAndNumbersUpToTheirLimitsPass() throws RejectedEventException {
        String json = "{\"image\": \"AQID\", \"%s\": [\"%s\", %s]}";
        assertThat(readJson(json.formatted("n".repeat(30), "s".repeat(30), "1".repeat(10)))
                        .image())
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"image\": \"\", \"a\": {\"b\": \"LONG\"}} | json_string_too_long | a string of the JSON has more than the 30",
                "{\"id\": \"LONG\", \"image\": \"\"} | json_string_too_long | a string of the JSON has more than the 30",
                "{\"LONG\": 1, \"image\": \"\"} | json_string_too_long | a field's name in the JSON has more than the 30",
                "{\"image\": \"\", \"a\": 12345678901} | json_number_too_long | a number of the JSON has more than the 10",
                "{\"image\": \"\", \"a\": 1.2345678901} | json_number_too_long | a number of the JSON has more than the 10"
            })
    void stringsAndNumbersBeyondTheirLimitsAreRejected(String json, String code, String reason) {
        assertJsonRejected(json.replace("LONG", "x".repeat(31)), code, reason);
    }

    @Test
    void theLimitOfStringsDoesNotApplyToTheImage() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"" + "AQID".repeat(50) + "\"}").image())
                .hasSize(150);
    }

    @Test
    void anEventThatIsTooLargeIsRejectedBeforeItIsRead() {
        RawEvent event = event(new byte[100], new byte[190], headers("h", "0123456789"));
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> read(event))
                .withMessageContaining("key, value and headers have 301 bytes once uncompressed; at most 300")
                .satisfies(rejection -> {
                    assertThat(rejection.stage()).isEqualTo(Stage.LIMITS);
                    assertThat(rejection.code()).isEqualTo("event_too_large");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d\\ude00", "\\ud83d", "a\\ude00", "\\ude00\\ud83d"})
    void anIdOfPairedOrUnpairedSurrogatesIsReadBackFromTheLabel(String escaped) throws RejectedEventException {
        RawEvent event = event(KEY, ("{\"id\": \"" + escaped + "\", \"image\": \"\"}").getBytes(UTF_8), JSON);
        String id = read(event).id();
        assertThat(id.length()).isBetween(1, 2);
        LabelEvent label = new LabelEvent(id, List.of(), TestEvents.MODEL, event.source());
        byte[] written = LabelEncoder.JSON.value(label);
        assertThat(LabelEvent.deserializer().deserialize("labels", written).id())
                .isEqualTo(id);
    }

    @Test
    void anEventWithoutValueIsRejected() {
        assertRejected(event(KEY, null, IMAGE), "empty", "the event has no value");
    }

    @Test
    void anEmptyValueIsRejected() {
        assertRejected(event(KEY, new byte[0], JSON), "empty", "the event has no value");
    }

    @Test
    void anotherContentTypeIsRejected() {
        assertRejected(
                event(KEY, PNG, headers("content-type", "text/html")),
                "content_type",
                "content-type is 'text/html'; allowed are image/*, application/json, application/cloudevents+json,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[1] | the JSON is not an object",
                "\"text\" | the JSON is not an object",
                "{\"image\": \"AQID\" | not well-formed",
                "{image: \"AQID\"} | not well-formed",
                "{\"image\": \"AQID\"} {} | more text after the JSON object",
                "{\"image\": \"AQID\"} x | not well-formed",
                "{\"id\": \"a\", \"id\": \"b\", \"image\": \"\"} | Duplicate field 'id'",
                "{\"image\": \"\", \"image\": \"\"} | Duplicate field 'image'"
            })
    void jsonThatIsNoSingleObjectIsRejected(String json, String reason) {
        assertJsonRejected(json, "json", reason);
    }

    @Test
    void bytesThatAreNoTextAreRejectedAsJson() {
        assertRejected(event(KEY, new byte[] {'{', (byte) 0xFF, (byte) 0xFE}, JSON), "json", "not well-formed");
    }

    @ParameterizedTest
    @CsvSource({"true, a boolean", "{}, an object", "[], an array"})
    void anIdThatIsNoScalarIsRejected(String id, String found) {
        assertJsonRejected(
                "{\"id\": " + id + ", \"image\": \"\"}",
                "id",
                "the field 'id' is " + found + "; a string or a number is needed");
    }

    @ParameterizedTest
    @CsvSource({
        "5, 5",
        "-1.50, -1.50",
        "12345678901234567, 12345678901234567",
        "null, the key",
        "'\"\"', image-events-2@7"
    })
    void anIdMayBeANumberOrMissing(String id, String expected) throws RejectedEventException {
        EventReader lenient = new EventReader(new EventLimits(4, 30, 20, 20, 3), 300);
        byte[] json = ("{\"id\": " + id + ", \"image\": \"\"}").getBytes(UTF_8);
        assertThat(lenient.read(event(KEY, json, JSON)).get(0).id()).isEqualTo(expected);
    }

    @Test
    void anEmptyIdIsTheSourcePosition() throws RejectedEventException {
        assertThat(read(event(new byte[0], PNG, IMAGE)).id()).isEqualTo("image-events-2@7");
        Headers headers = headers("content-type", "image/png", "id", "");
        assertThat(read(event(KEY, PNG, headers)).id()).isEqualTo("image-events-2@7");
    }

    @ParameterizedTest
    @CsvSource({"5.5, a number", "null, null", "false, a boolean", "[], an array"})
    void anImageThatIsNeitherTextNorReferenceIsRejected(String image, String found) {
        assertJsonRejected(
                "{\"image\": " + image + "}",
                "image",
                "the field 'image' is " + found + "; a Base64 string, or an object with the field 'uri', is needed");
    }

    @Test
    void jsonWithoutImageIsRejected() {
        assertJsonRejected("{\"id\": \"a\"}", "no_image", "the JSON has no field 'image'; Base64, or an object");
        assertJsonRejected(
                "{\"a\": 1, \"picture\": 2}",
                "no_image",
                "the JSON has no field 'image', only a, picture; Base64, or an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AQ=ID", "AQ===", "A!ID", "ÄÖÜß"})
    void anImageThatIsNotBase64IsRejected(String image) {
        assertJsonRejected("{\"image\": \"" + image + "\"}", "base64", "the field 'image' is not Base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "image/png"})
    void anIdThatIsTooLongIsRejected(String contentType) {
        RawEvent event = event(
                "k".repeat(21).getBytes(UTF_8),
                "{\"image\": \"AQID\"}".getBytes(UTF_8),
                headers("content-type", contentType));
        assertRejected(event, "id_too_long", "the id has 21 characters; at most 20 are allowed");
    }

    @Test
    void anIdOfTheGreatestLengthPasses() throws RejectedEventException {
        String id = "i".repeat(20);
        assertThat(readJson("{\"id\": \"" + id + "\", \"image\": \"\"}").id()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 16, 1, 1, 1, maxJsonDepth is 1",
        "2, 15, 1, 1, 1, maxJsonStringLength is 15",
        "2, 16, 0, 1, 1, maxJsonNumberLength is 0",
        "2, 16, 1, 0, 1, maxIdLength is 0",
        "2, 16, 1, 1, 0, maxHeaders is 0"
    })
    void limitsThatAllowNothingAreRefusedByName(
            int depth, int stringLength, int numberLength, int idLength, int headers, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventLimits(depth, stringLength, numberLength, idLength, headers))
                .withMessageStartingWith(reason);
    }

    @Test
    void moreHeadersThanAllowedAreRejected() {
        Headers headers = headers("a", "1", "a", "2", "b", "3", "c", "4");
        RawEvent event = event(null, new byte[] {1}, headers);
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> read(event))
                .withMessage("the event has 4 headers; at most 3 are allowed")
                .satisfies(rejection -> {
                    assertThat(rejection.stage()).isEqualTo(Stage.LIMITS);
                    assertThat(rejection.code()).isEqualTo("too_many_headers");
                });
    }
}
