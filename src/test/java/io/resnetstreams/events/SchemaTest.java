package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.resnetstreams.config.DefaultLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the published schemas of the three records agree with the code. */
class SchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonSchema imageEvent = schema("image-event");
    private final JsonSchema labelEvent = schema("label-event");
    private final JsonSchema deadLetter = schema("dead-letter");
    private final EventReader reader = DefaultLimits.eventReader();

    private static JsonNode json(String name) {
        try {
            return JSON.readTree(Files.readString(Path.of("topology", name + ".schema.json")));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the schema " + name, e);
        }
    }

    private static JsonSchema schema(String name) {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(json(name));
    }

    private static Set<ValidationMessage> validate(JsonSchema schema, String json) throws IOException {
        return schema.validate(JSON.readTree(json));
    }

    private ImageEvent read(String json) throws RejectedEventException {
        return reader.read(event(null, json.getBytes(UTF_8), headers("content-type", "application/json")))
                .get(0);
    }

    private static ObjectNode headersAsJson(DeadLetter letter) {
        ObjectNode object = JSON.createObjectNode();
        letter.headers().forEach(header -> object.put(header.key(), new String(header.value(), UTF_8)));
        return object;
    }

    @ParameterizedTest
    @ValueSource(strings = {"image-event", "label-event", "dead-letter"})
    void aSchemaIsValidByItsOwnDialect(String name) {
        JsonSchema dialect = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(JSON.createObjectNode().put("$ref", "https://json-schema.org/draft/2020-12/schema"));
        assertThat(dialect.validate(json(name))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"image\": \"AQID\"}",
                "{\"image\": \"AQI=\", \"id\": \"a\"}",
                "{\"image\": \"\"}",
                "{\"image\": \"AQ==\", \"capturedAt\": \"2026-11-24T09:44:33Z\", \"attributes\": {\"camera\": 5}}",
                "{\"image\": \"AQID\", \"unknown\": [1, null]}",
                "{\"id\": 5, \"image\": \"AQID\"}",
                "{\"id\": null, \"image\": \"AQID\"}",
                "{\"image\": \"AQI\"}",
                "{\"image\": \"A-_D\\n A/==\"}",
                "{\"image\": \"data:image/png;base64,AQID\"}"
            })
    void schemaAndReaderAcceptTheSameEvents(String json) throws Exception {
        assertThat(validate(imageEvent, json)).isEmpty();
        assertThat(read(json).image()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"image\": \"https://example.com/a.png\"}",
                "{\"image\": {\"uri\": \"s3://b/k\", \"size\": 5, \"more\": 1}}",
                "{\"image\": {\"uri\": \"s3://b/k\", \"sha256\": null, \"size\": null}}"
            })
    void schemaAndReaderAcceptTheSameReferences(String json) throws Exception {
        assertThat(validate(imageEvent, json)).isEmpty();
        assertThat(read(json).reference()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"id\": \"a\"}",
                "{\"id\": [5], \"image\": \"AQID\"}",
                "{\"image\": null}",
                "{\"image\": {}}",
                "{\"image\": \"A!\"}",
                "{\"image\": \"AQ=D\"}",
                "{\"image\": \"data:AQID\"}",
                "{\"image\": {\"uri\": \" \"}}",
                "{\"image\": {\"uri\": \"s3://b/k\", \"sha256\": \"ab\"}}",
                "{\"image\": {\"uri\": \"s3://b/k\", \"size\": -1}}"
            })
    void schemaAndReaderRefuseTheSameEvents(String json) throws IOException {
        assertThat(validate(imageEvent, json)).isNotEmpty();
        assertThatExceptionOfType(RejectedEventException.class).isThrownBy(() -> read(json));
    }

    @Test
    void theLabelThatIsWrittenIsValid() throws IOException {
        byte[] written = labelOf(event(3, 5)).value();
        assertThat(labelEvent.validate(JSON.readTree(written))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "label", "probability", "labels", "model", "source"})
    void aLabelWithoutOneOfItsFieldsIsNotValid(String field) throws IOException {
        byte[] written = labelOf(event(3, 5)).value();
        ObjectNode label = (ObjectNode) JSON.readTree(written);
        label.remove(field);
        assertThat(labelEvent.validate(label)).isNotEmpty();
    }

    @Test
    void aLabelWithAllOfItsFieldsIsValid() throws IOException {
        LabelEvent.SourceImage image = new LabelEvent.SourceImage("s3://b/k", "ab".repeat(32));
        LabelEvent label = new LabelEvent(
                "id",
                null,
                0.25f,
                List.of(new LabelEvent.Label("cat", 3, 0.25f)),
                TestEvents.MODEL,
                LabelEvent.Source.of(event(3, 5).source(), new Part(2, 3), image),
                new Embedding(Embedding.Type.FP16, 2, new byte[] {1, 2, 3, 4}));
        String json = new String(LabelEncoder.JSON.value(label), UTF_8);
        assertThat(validate(labelEvent, json)).isEmpty();
        assertThat(json)
                .contains("\"label\":null,\"probability\":0.25")
                .contains("\"part\":2,\"parts\":3,\"image\":{\"uri\":\"s3://b/k\",\"sha256\":\"abab")
                .endsWith("\"embedding\":{\"type\":\"fp16\",\"length\":2,\"values\":\"AQIDBA==\"}}");
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void theHeadersOfADeadLetterOfEveryStageAreValid(Stage stage) {
        RawEvent event = event(null, null, headers("trace", "t1"));
        DeadLetter letter = DeadLetter.of(event, new RejectedEventException(stage, "some_code", "x".repeat(2_000)));
        assertThat(deadLetter.validate(headersAsJson(letter))).isEmpty();
    }

    @Test
    void anEventsHeadersAreNoDeadLetters() throws IOException {
        assertThat(validate(deadLetter, "{\"trace\": \"t1\"}")).hasSize(9);
    }

    @Test
    void anUnknownStageIsNotValid() {
        ObjectNode headers = headersAsJson(TestEvents.deadLetterOf(event(0, 0)));
        assertThat(deadLetter.validate(headers.put("resnet-streams.stage", "elsewhere")))
                .isNotEmpty();
    }
}
