package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures reading an event with its image in Base64, and writing its label. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonBenchmark {
    private static final String TOPIC = "image-events";
    private static final int IMAGE_BYTES = 20_000;
    private static final int LABELS = 5;

    private final EventReader reader = new ConfigurationLoader().load().eventReader();
    private RawEvent event;
    private LabelEvent label;

    /** Creates an event with an image of 20,000 bytes, and a label event with five labels as long as ImageNet's. */
    @Setup
    public void make() {
        byte[] image = new byte[IMAGE_BYTES];
        SplittableRandom random = new SplittableRandom(1);
        random.nextBytes(image);
        String json = "{\"id\":\"photograph-0001.jpg\",\"image\":\""
                + Base64.getEncoder().encodeToString(image) + "\"}";
        SourcePosition source = new SourcePosition(TOPIC, 3, 1_234_567, 1_700_000_000_000L);
        event = new RawEvent(source, null, json.getBytes(UTF_8), new RecordHeaders());
        List<Label> labels = IntStream.range(0, LABELS)
                .mapToObj(rank -> new Label("golden retriever " + rank, 207 + rank, (float) random.nextDouble()))
                .toList();
        label = new LabelEvent(
                "photograph-0001.jpg", labels, new ModelReference("resnet50", "0123456789abcdef".repeat(4)), source);
    }

    @Benchmark
    public List<ImageEvent> read() throws RejectedEventException {
        return reader.read(event);
    }

    @Benchmark
    public byte[] write() {
        return label.toJson();
    }
}
