package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

    private final EventReader reader = new EventReader(new EventLimits(4, 20));

    private ImageEvent readJson(String json) throws RejectedEventException {
        return reader.read(event(KEY, json.getBytes(UTF_8), JSON));
    }

    private void assertRejected(RawEvent event, String code, String reason) {
        assertThatExceptionOfType(RejectedEventException.class)
                .isThrownBy(() -> reader.read(event))
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
        assertThat(reader.read(event(KEY, PNG, IMAGE)).image()).isEqualTo(PNG);
    }

    @Test
    void jsonCarriesTheImageInBase64() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"AQID\"}").image()).containsExactly(1, 2, 3);
    }

    @Test
    void withoutContentTypeAValueThatBeginsWithABraceIsJson() throws RejectedEventException {
        byte[] json = " \n{\"image\": \"AQID\"}".getBytes(UTF_8);
        assertThat(reader.read(event(KEY, json, headers())).image()).containsExactly(1, 2, 3);
    }

    @Test
    void withoutContentTypeAnyOtherValueIsAnImage() throws RejectedEventException {
        assertThat(reader.read(event(KEY, PNG, headers())).image()).isEqualTo(PNG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "APPLICATION/JSON", " Application/Json ;x=y"})
    void contentTypesOfJsonMayHaveParametersAndAnyCase(String contentType) throws RejectedEventException {
        RawEvent event = event(KEY, "{\"image\": \"AQID\"}".getBytes(UTF_8), headers("content-type", contentType));
        assertThat(reader.read(event).image()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/*", "image/jpeg; q=1", "IMAGE/PNG"})
    void contentTypesOfImagesMayHaveParametersAndAnyCase(String contentType) throws RejectedEventException {
        assertThat(reader.read(event(KEY, PNG, headers("content-type", contentType)))
                        .image())
                .isEqualTo(PNG);
    }

    @Test
    void theLastContentTypeCounts() throws RejectedEventException {
        Headers both = headers("content-type", "text/plain", "content-type", "image/png");
        assertThat(reader.read(event(KEY, PNG, both)).image()).isEqualTo(PNG);
    }

    @Test
    void theIdInTheJsonComesFirst() throws RejectedEventException {
        Headers headers = headers("content-type", "application/json", "id", "from header");
        RawEvent event = event(KEY, "{\"id\": \"from json\", \"image\": \"\"}".getBytes(UTF_8), headers);
        assertThat(reader.read(event).id()).isEqualTo("from json");
    }

    @Test
    void theIdInTheHeaderComesBeforeTheKey() throws RejectedEventException {
        Headers headers = headers("content-type", "image/png", "id", "from header");
        assertThat(reader.read(event(KEY, PNG, headers)).id()).isEqualTo("from header");
    }

    @Test
    void theKeyIsTheIdWhereNothingElseIs() throws RejectedEventException {
        assertThat(readJson("{\"image\": \"\"}").id()).isEqualTo("the key");
    }

    @Test
    void withoutKeyThePositionIsTheId() throws RejectedEventException {
        assertThat(reader.read(event(null, PNG, IMAGE)).id()).isEqualTo("image-events-2@7");
    }

    @Test
    void anEventThatCannotBeReadHasTheIdThatItsRecordTells() {
        assertThat(reader.id(event(KEY, "{\"id\": ".getBytes(UTF_8), JSON))).isEqualTo("the key");
        assertThat(reader.id(event(KEY, null, headers("id", "from header")))).isEqualTo("from header");
        assertThat(reader.id(event(null, null, headers()))).isEqualTo("image-events-2@7");
    }

    @Test
    void theIdOfAnEventThatCanBeReadIsTheOneRead() {
        assertThat(reader.id(event(KEY, "{\"id\": \"x\", \"image\": \"\"}".getBytes(UTF_8), JSON)))
                .isEqualTo("x");
    }

    @Test
    void unknownFieldsPass() throws RejectedEventException {
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
        assertJsonRejected("{\"image\": \"AQID\", \"a\": [[[[1]]]]}", "json", "nesting depth");
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
                "content-type is 'text/html'; allowed are image/* and application/json");
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
    @CsvSource({"5, a number", "null, null", "true, a boolean", "{}, an object", "[], an array"})
    void anIdThatIsNoStringIsRejected(String id, String found) {
        assertJsonRejected(
                "{\"id\": " + id + ", \"image\": \"\"}", "id", "the field 'id' is " + found + "; a string is needed");
    }

    @ParameterizedTest
    @CsvSource({"5.5, a number", "null, null", "false, a boolean", "{}, an object", "[], an array"})
    void anImageThatIsNoStringIsRejected(String image, String found) {
        assertJsonRejected(
                "{\"image\": " + image + "}", "image", "the field 'image' is " + found + "; a Base64 string is needed");
    }

    @Test
    void jsonWithoutImageIsRejected() {
        assertJsonRejected("{\"id\": \"a\"}", "no_image", "the JSON has no field 'image'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AQI", "AQ=", "A!ID", "ÄÖÜß"})
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

    @Test
    void limitsThatAllowNothingAreRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventLimits(1, 1))
                .withMessageStartingWith("maxJsonDepth is 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EventLimits(2, 0))
                .withMessageStartingWith("maxIdLength is 0");
    }
}
