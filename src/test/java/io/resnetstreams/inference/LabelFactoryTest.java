package io.resnetstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.Embedding;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEncoder;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.SourceImage;
import io.resnetstreams.events.LabelSettings;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.TestEvents;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelFactoryTest {
    private static final float[] ROW = {0.25f, 0.75f, 1.5f, -2f, 1e-3f};

    private static EncodedLabel label(double threshold, String embedding) throws RejectedEventException {
        LabelFactory factory = new LabelFactory(
                new LabelRanking(List.of("dog", "cat"), 2, 3),
                TestEvents.MODEL,
                new LabelEncoder(new LabelSettings("json", false, 2, threshold, embedding), 0));
        RawEvent event = TestEvents.event(1, 5);
        return factory.of(event, "id", new Part(1, 2), new SourceImage("s3://b/k", "ab"), ROW);
    }

    @Test
    void theMostProbableClassIsTheLabel() throws RejectedEventException {
        LabelEvent label = label(0.75, "false").event();
        assertThat(label.label()).isEqualTo("cat");
        assertThat(label.probability()).isEqualTo(0.75f);
        assertThat(label.labels()).containsExactly(new Label("cat", 1, 0.75f), new Label("dog", 0, 0.25f));
        assertThat(label.origin().onePart()).isEqualTo(new Part(1, 2));
        assertThat(label.origin().image().sha256()).isEqualTo("ab");
        assertThat(label.embedding()).isNull();
    }

    @Test
    void belowTheThresholdThereIsNoLabelButTheList() throws RejectedEventException {
        LabelEvent label = label(0.76, "false").event();
        assertThat(label.label()).isNull();
        assertThat(label.probability()).isEqualTo(0.75f);
        assertThat(label.labels()).hasSize(2);
    }

    @Test
    void anEmbeddingIsTheRestOfTheRow() throws RejectedEventException {
        Embedding embedding = label(0, "true").event().embedding();
        assertThat(embedding.type()).isEqualTo(Embedding.Type.FP32);
        assertThat(embedding.length()).isEqualTo(3);
        ByteBuffer values = ByteBuffer.wrap(embedding.values()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new float[] {values.getFloat(), values.getFloat(), values.getFloat()})
                .containsExactly(1.5f, -2f, 1e-3f);
    }

    /** The bits of IEEE 754 binary16, rounded to the nearest. */
    @Test
    void anEmbeddingMayHaveSixteenBits() throws RejectedEventException {
        Embedding embedding = label(0, "fp16").event().embedding();
        assertThat(embedding.type()).isEqualTo(Embedding.Type.FP16);
        ByteBuffer values = ByteBuffer.wrap(embedding.values()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(values.remaining()).isEqualTo(6);
        assertThat(new int[] {values.getShort() & 0xffff, values.getShort() & 0xffff, values.getShort() & 0xffff})
                .containsExactly(0x3E00, 0xC000, 0x1419);
    }
}
