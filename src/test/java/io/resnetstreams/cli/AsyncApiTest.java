package io.resnetstreams.cli;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code topology/asyncapi.yaml} is valid and matches the code's topics and records. */
class AsyncApiTest {
    private static final Path TOPOLOGY = Path.of("topology");
    private static final Path PACKAGES = Path.of("src", "test", "kubernetes");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode document = document();
    private final Configuration defaults = new ConfigurationLoader().load();

    private static ObjectNode document() {
        try {
            return (ObjectNode)
                    new YAMLMapper().readTree(TOPOLOGY.resolve("asyncapi.yaml").toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the findings of AsyncAPI's parser for Node. */
    private static String parsed(JsonNode document) throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(PACKAGES.resolve("node_modules/@asyncapi/parser")),
                "AsyncAPI's parser is not installed (npm ci --prefix " + PACKAGES + ")");
        String folder = TOPOLOGY.toAbsolutePath().toString();
        DebianTools.Answer answer = DebianTools.run(PACKAGES, document.toString(), "node", "asyncapi.mjs", folder);
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        return answer.text();
    }

    @Test
    void theParserFindsNoErrors() throws Exception {
        assertThat(parsed(document))
                .isEqualToIgnoringNewLines(
                        "AsyncAPI 3.0.0: receive classify, send publishLabel, send publishDeadLetter");
    }

    /** Shows that the test above can fail. */
    @Test
    void theParserFindsAnError() throws Exception {
        ((ObjectNode) document.at("/operations/classify")).put("action", "listen");
        ((ObjectNode) document.at("/components/messages/imageEvent/payload")).put("$ref", "./no.schema.json");
        ((ObjectNode) document.at("/components/messages/label/examples/0/payload")).remove("source");
        assertThat(parsed(document)).contains("error operations.classify.action", "no.schema.json");
    }

    /** Returns a node with all references replaced by their targets. */
    private JsonNode resolved(JsonNode node) throws IOException {
        if (node.has("$ref")) {
            String reference = node.get("$ref").asText();
            return resolved(
                    reference.startsWith("#")
                            ? document.at(reference.substring(1))
                            : JSON.readTree(TOPOLOGY.resolve(reference).toFile()));
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JSON.createObjectNode();
            for (var field : object.properties()) {
                copy.set(field.getKey(), resolved(field.getValue()));
            }
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JSON.createArrayNode();
            for (JsonNode element : array) {
                copy.add(resolved(element));
            }
            return copy;
        }
        return node;
    }

    private JsonNode channel(String name) throws IOException {
        return resolved(document.at("/channels/" + name));
    }

    private Set<ValidationMessage> faults(String message, String part, JsonNode value) throws IOException {
        JsonNode schema = resolved(document.at("/components/messages/" + message + "/" + part));
        assertThat(schema.isObject()).isTrue();
        return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(schema)
                .validate(value);
    }

    private static ObjectNode asJson(Headers headers) {
        ObjectNode object = JSON.createObjectNode();
        headers.forEach(header -> object.put(header.key(), new String(header.value(), UTF_8)));
        return object;
    }

    @Test
    void topicsAreThoseOfTheTopicsCommand() throws IOException {
        Topics topics = defaults.topics();
        assertTopic("imageEvents", topics.input(), false);
        assertTopic("imageLabels", topics.labels(), true);
        assertTopic("deadLetters", topics.deadLetters(), true);
        assertThat(document.at("/channels").size()).isEqualTo(3);
        assertThat(document.at("/servers/kafka/host").asText()).isEqualTo(defaults.bootstrapServers());
        assertThat(document.at("/operations/classify/bindings/kafka/groupId/default")
                        .asText())
                .isEqualTo(defaults.applicationId());
    }

    private void assertTopic(String channel, String topic, boolean output) throws IOException {
        JsonNode described = channel(channel);
        assertThat(described.get("address").asText()).isEqualTo(topic);
        JsonNode kafka = described.at("/bindings/kafka");
        assertThat(kafka.get("partitions").asInt())
                .isEqualTo(defaults.topicSettings().partitions());
        new KafkaClients(defaults.connection()).topicSettings(output).forEach((name, value) -> assertThat(
                        kafka.at("/topicConfiguration").path(name).asText())
                .isEqualTo(value));
    }

    @Test
    void eachSchemaIsReferredTo() throws IOException {
        Set<String> schemas = new TreeSet<>();
        try (Stream<Path> files = Files.list(TOPOLOGY)) {
            files.map(file -> "./" + file.getFileName())
                    .filter(name -> name.endsWith(".schema.json"))
                    .forEach(schemas::add);
        }
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).containsAll(schemas);
    }

    /** {@code produce} sends image files; their headers say so, and the reader recognises them. */
    @Test
    void imageFilesAreSentAsDescribed() throws Exception {
        try (MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer())) {
            EventSender sender = new EventSender(producer, defaults.topics().input(), 0, metadata -> {});
            sender.send(EventSource.of(List.of(TestCluster.SAMPLES)).iterator().next());
            ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
            assertThat(faults("imageFile", "headers", asJson(sent.headers()))).isEmpty();
            assertThat(faults("imageEvent", "headers", asJson(sent.headers()))).isNotEmpty();
            EventReader reader = DefaultLimits.eventReader();
            assertThat(reader.read(event(sent.key(), sent.value(), sent.headers()))
                            .get(0)
                            .image())
                    .isEqualTo(sent.value());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void examplesOfImageEventsAreReadAndValid(int number) throws Exception {
        JsonNode example = document.at("/components/messages/imageEvent/examples/" + number);
        assertThat(faults("imageEvent", "payload", example.get("payload"))).isEmpty();
        Headers headers = headers(EventReader.CONTENT_TYPE_HEADER, "application/json");
        assertThat(faults("imageEvent", "headers", asJson(headers))).isEmpty();
        EventReader reader = DefaultLimits.eventReader();
        byte[] value = example.get("payload").toString().getBytes(UTF_8);
        assertThat(reader.read(event(null, value, headers)).get(0).image()).isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void labelsAreWrittenAsDescribed() throws IOException {
        assertThat(faults("label", "payload", JSON.readTree(labelOf(event(3, 5)).value())))
                .isEmpty();
        JsonNode example = document.at("/components/messages/label/examples/0/payload");
        assertThat(faults("label", "payload", example)).isEmpty();
    }

    @Test
    void deadLettersAreWrittenAsDescribed() throws IOException {
        Headers headers = deadLetterOf(event(3, 5)).headers();
        assertThat(faults("deadLetter", "headers", asJson(headers))).isEmpty();
        headers.remove(DeadLetter.CODE_HEADER);
        assertThat(faults("deadLetter", "headers", asJson(headers))).isNotEmpty();
    }

    @Test
    void headersHaveTheNamesThatTheCodeHas() throws IOException {
        for (String message : List.of("imageFile", "imageEvent")) {
            JsonNode properties = resolved(document.at("/components/messages/" + message + "/headers"))
                    .get("properties");
            assertThat(properties.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder(EventReader.CONTENT_TYPE_HEADER, EventReader.ID_HEADER);
        }
        JsonNode labelHeaders = resolved(document.at("/components/messages/label/headers"));
        assertThat(labelHeaders.get("properties").fieldNames())
                .toIterable()
                .containsExactly(
                        EventReader.CONTENT_TYPE_HEADER, LabelEncoder.EVENT_PREFIX + EventReader.CONTENT_TYPE_HEADER);
        assertThat(labelHeaders.at("/allOf/0/properties").fieldNames())
                .toIterable()
                .containsExactly(SingleOutcome.RUN_HEADER, SingleOutcome.MODEL_HEADER);
        assertThat(resolved(document.at("/components/messages/imageReference/headers"))
                        .get("properties")
                        .fieldNames())
                .toIterable()
                .containsExactly(
                        EventReader.IMAGE_URI_HEADER,
                        EventReader.IMAGE_SHA256_HEADER,
                        EventReader.IMAGE_SIZE_HEADER,
                        EventReader.ID_HEADER);
        assertThat(resolved(document.at("/components/messages/deadLetter/headers/allOf/0"))
                        .get("properties")
                        .fieldNames())
                .toIterable()
                .containsAll(Stream.of(deadLetterOf(event(3, 5)).headers().toArray())
                        .map(Header::key)
                        .toList());
    }
}
