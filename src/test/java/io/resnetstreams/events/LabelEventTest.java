package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelEventTest {
    private static final LabelEvent EVENT = new LabelEvent(
            "pets/cät.jpg",
            List.of(new Label("cat", 3, 0.75), new Label("dog", 0, 0.125)),
            new ModelReference("resnet20", "ab12"),
            new SourcePosition("image-events", 4, 9_000_000_000L, 1_700_000_000_000L));

    private static LabelEvent read(byte[] bytes) {
        return LabelEvent.deserializer().deserialize("image-labels", bytes);
    }

    private static byte[] written() {
        return EncodedLabel.of(EVENT).json();
    }

    @Test
    void theJsonHasItsFieldsInOrder() {
        assertThat(new String(written(), UTF_8))
                .isEqualTo("{\"id\":\"pets/cät.jpg\",\"labels\":["
                        + "{\"label\":\"cat\",\"index\":3,\"probability\":0.75},"
                        + "{\"label\":\"dog\",\"index\":0,\"probability\":0.125}],"
                        + "\"model\":{\"name\":\"resnet20\",\"digest\":\"ab12\"},"
                        + "\"source\":{\"topic\":\"image-events\",\"partition\":4,\"offset\":9000000000,"
                        + "\"timestamp\":1700000000000}}");
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
    void aLabelGoesToThePartitionOfItsEvent() {
        assertThat(EncodedLabel.of(EVENT).sourcePartition()).isEqualTo(4);
    }
}
