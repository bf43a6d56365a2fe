package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class AvroLabelsTest {
    private static final LabelEncoder ENCODER =
            new LabelEncoder(new LabelSettings("avro", false, 0, 0, "false"), 0x01020304);
    private static final SourcePosition POSITION =
            new SourcePosition("image-events", 4, 9_000_000_000L, 1_700_000_000_000L);
    private static final LabelEvent SMALL =
            new LabelEvent("pets/cät 😀.jpg", List.of(new Label("cat", 3, 0.75f)), TestEvents.MODEL, POSITION);
    private static final LabelEvent LARGE = new LabelEvent(
            "",
            null,
            0.25f,
            List.of(new Label("cat", 3, 0.25f), new Label("dog", 0, 0.125f)),
            TestEvents.MODEL,
            Source.of(POSITION, new Part(2, 3), new SourceImage("s3://b/k", "ab".repeat(32))),
            new Embedding(Embedding.Type.FP16, 2, new byte[] {1, 2, 3, 4}));

    private final Schema schema =
            new Schema.Parser().parse(Path.of("topology", "label-event.avsc").toFile());

    AvroLabelsTest() throws IOException {}

    private static LabelEvent read(byte[] bytes) {
        return LabelEvent.deserializer().deserialize("image-labels", bytes);
    }

    private static String json(LabelEvent label) {
        return new String(LabelEncoder.JSON.value(label), UTF_8);
    }

    @Test
    void aLabelIsReadBackWithoutTheRegistry() {
        for (LabelEvent label : List.of(SMALL, LARGE)) {
            LabelEvent read = read(ENCODER.value(label));
            assertThat(json(read)).isEqualTo(json(label));
            assertThat(read.missing()).isNull();
        }
    }

    @Test
    void othersReadItByThePublishedSchema() throws IOException {
        byte[] value = ENCODER.value(LARGE);
        assertThat(ByteBuffer.wrap(value, 0, 5).get()).isZero();
        assertThat(ByteBuffer.wrap(value, 1, 4).getInt()).isEqualTo(0x01020304);
        GenericRecord record = new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
        assertThat(record.get("label")).isNull();
        assertThat(record.get("labels").toString()).contains("\"index\": 3");
        assertThat(record.get("source").toString()).contains("\"part\": 2", "s3://b/k");
        assertThat(((GenericRecord) record.get("embedding")).get("values"))
                .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    }

    @Test
    void bothSchemasHaveTheSameFields() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(Path.of("topology", "label-event.schema.json").toFile());
        assertSameFields(json, schema);
    }

    private static void assertSameFields(JsonNode json, Schema schema) {
        TreeSet<String> names = new TreeSet<>();
        json.path("properties").fieldNames().forEachRemaining(names::add);
        assertThat(schema.getFields()).map(Schema.Field::name).containsExactlyInAnyOrderElementsOf(names);
        for (Schema.Field field : schema.getFields()) {
            Schema inner = field.schema().isUnion() ? field.schema().getTypes().get(1) : field.schema();
            JsonNode innerJson = json.path("properties").path(field.name());
            if (inner.getType() == Schema.Type.ARRAY) {
                assertSameFields(innerJson.path("items"), inner.getElementType());
            } else if (inner.getType() == Schema.Type.RECORD) {
                assertSameFields(innerJson, inner);
            }
            // What the JSON need not have, or has as null, is null by default.
            boolean isRequired = json.path("required").valueStream().anyMatch(name -> name.asText()
                    .equals(field.name()));
            boolean isNullable = !isRequired || innerJson.path("type").isArray();
            assertThat(field.schema().isUnion()).isEqualTo(isNullable);
            assertThat(field.hasDefaultValue()).isEqualTo(isNullable);
        }
    }

    @Test
    void labelsOfOtherVersionsAreRead() {
        byte[] value = ENCODER.value(SMALL);
        assertThat(value[value.length - 1]).as("no embedding").isZero();
        assertThat(read(Arrays.copyOf(value, value.length - 1)))
                .as("before there were embeddings")
                .isEqualTo(SMALL);
        byte[] newer = Arrays.copyOf(value, value.length + 7);
        assertThat(read(newer)).as("with more fields").isEqualTo(SMALL);
    }

    @Test
    void theHeadersNameTheEncoding() {
        Headers headers = ENCODER.encode(
                        TestEvents.event(null, new byte[1], TestEvents.headers("content-type", "application/avro")),
                        SMALL)
                .headers();
        assertThat(RawEvent.headerText(headers, "content-type")).isEqualTo("application/vnd.confluent.avro");
        assertThat(RawEvent.headerText(headers, "event-content-type")).isEqualTo("application/avro");
    }

    @Test
    void anIdThatIsNoUnicodeIsRefused() {
        LabelEvent broken = new LabelEvent("\ud800x", SMALL.labels(), TestEvents.MODEL, POSITION);
        assertThatExceptionOfType(SerializationException.class).isThrownBy(() -> ENCODER.value(broken));
    }

    @Test
    void damagedLabelsAreReadOrRefused() {
        byte[] value = ENCODER.value(LARGE);
        int withoutEmbedding = value.length - 8;
        for (int length = 1; length < value.length; length += length + 1 == withoutEmbedding ? 2 : 1) {
            byte[] cut = Arrays.copyOf(value, length);
            assertThatExceptionOfType(SerializationException.class)
                    .isThrownBy(() -> LabelEvent.complete("image-labels", cut))
                    .withMessageContaining("label event");
        }
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = value.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
                read++;
            } catch (SerializationException e) {
                assertThat(e).hasMessageContaining("is not a label event");
            }
        }
        assertThat(read).isBetween(100, 4_900);
    }

    @Test
    void avroHasNoEnvelopeOfConnect() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabelSettings("avro", true, 0, 0, "false"))
                .withMessage("connectSchema is true and format is 'avro'; the envelope is for json and cloudevents");
    }
}
