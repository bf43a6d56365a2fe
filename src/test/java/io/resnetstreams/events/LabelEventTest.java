package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelEventTest {
    private static final LabelEvent EVENT = new LabelEvent(
            "pets/cät.jpg",
            List.of(new Label("cat", 3, 0.75f), new Label("dog", 0, 0.125f)),
            new ModelReference("resnet20", "ab12"),
            new SourcePosition("image-events", 4, 9_000_000_000L, 1_700_000_000_000L));

    private static LabelEvent read(byte[] bytes) {
        return LabelEvent.deserializer().deserialize("image-labels", bytes);
    }

    private static byte[] written() {
        return LabelEncoder.JSON.value(EVENT);
    }

    @Test
    void theJsonHasItsFieldsInOrder() {
        assertThat(new String(written(), UTF_8))
                .isEqualTo("{\"id\":\"pets/cät.jpg\",\"label\":\"cat\",\"probability\":0.75,\"labels\":["
                        + "{\"label\":\"cat\",\"index\":3,\"probability\":0.75},"
                        + "{\"label\":\"dog\",\"index\":0,\"probability\":0.125}],"
                        + "\"model\":{\"name\":\"resnet20\",\"digest\":\"ab12\"},"
                        + "\"source\":{\"topic\":\"image-events\",\"partition\":4,\"offset\":9000000000,"
                        + "\"timestamp\":1700000000000}}");
    }

    /** The fields are written one by one; databind, which reads them, would write the same. */
    @ParameterizedTest
    @MethodSource
    void theJsonIsThatOfTheAnnotations(LabelEvent event) throws IOException {
        ObjectMapper databind = new ObjectMapper();
        assertThat(databind.readTree(event.toJson())).isEqualTo(databind.readTree(databind.writeValueAsBytes(event)));
        assertThat(new String(event.toJson(), UTF_8)).isEqualTo(new String(databind.writeValueAsBytes(event), UTF_8));
        assertThat(databind.readValue(event.toJson(), LabelEvent.class).labels())
                .isEqualTo(event.labels());
    }

    static List<LabelEvent> theJsonIsThatOfTheAnnotations() {
        Source part = Source.of(
                new SourcePosition("image-events", 4, 7, 8), new Part(2, 3), new SourceImage("s3://a/b c.png", "00ff"));
        Source withoutDigest = Source.of(
                new SourcePosition("image-events", 4, 7, 8), null, new SourceImage("https://a/b?c=\"d\"", null));
        Embedding embedding = new Embedding(Embedding.Type.FP16, 2, new byte[] {1, 2, 3, (byte) 250});
        List<Label> labels = List.of(new Label("a \"b\"\n\u0001 \uD83D\uDE00", 999, 0.1f), new Label("", 0, 1e-30f));
        return List.of(
                EVENT,
                new LabelEvent("", List.of(), EVENT.model(), EVENT.source()),
                new LabelEvent("id", null, 0.25f, labels, EVENT.model(), part, null),
                new LabelEvent("id", "a", 1.0f, labels, new ModelReference("\\ä", ""), withoutDigest, embedding));
    }

    /** What is encoded once for a class must not be that of another model's class. */
    @Test
    void classesAndModelsWithTheSameIndexAreNotMixedUp() throws IOException {
        ObjectMapper databind = new ObjectMapper();
        for (String text : List.of("one", "two", "one")) {
            for (int index : new int[] {7, 4_095, 4_096, 1_000_000, -1}) {
                LabelEvent event = new LabelEvent(
                        "id",
                        List.of(new Label(text, index, 0.5f)),
                        new ModelReference("model-" + text, "digest of " + text),
                        EVENT.source());
                assertThat(databind.readValue(event.toJson(), LabelEvent.class)).isEqualTo(event);
            }
        }
    }

    @Test
    void aLabelIsReadBackAsItWasWritten() {
        assertThat(read(written())).isEqualTo(EVENT);
    }

    @Test
    void unknownFieldsAreIgnored() {
        String json = new String(written(), UTF_8).replaceFirst("\\{", "{\"new\":1,");
        assertThat(read(json.getBytes(UTF_8))).isEqualTo(EVENT);
    }

    @Test
    void noValueIsNoLabel() {
        assertThat(read(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0089PNG", "[]", "5", "{\"labels\": 5}", "{\"id\": \"a\"", "{}"})
    void foreignBytesAreNotReadAsLabels(String foreign) {
        assertThatExceptionOfType(SerializationException.class)
                .isThrownBy(() -> read(foreign.getBytes(UTF_8)))
                .withMessage("a value on image-labels is not a label event");
    }

    @Test
    void aLabelOfAnEarlierVersionIsRead() {
        String json =
                new String(written(), UTF_8).replace("\"label\":\"cat\",\"probability\":0.75,\"labels", "\"labels");
        LabelEvent read = read(json.getBytes(UTF_8));
        assertThat(read.label()).isNull();
        assertThat(read.labels()).isEqualTo(EVENT.labels());
        assertThat(read.missing()).isNull();
    }

    @Test
    void aLabelGoesToThePartitionOfItsEvent() {
        assertThat(TestEvents.encoded(EVENT).sourcePartition()).isEqualTo(4);
    }
}
