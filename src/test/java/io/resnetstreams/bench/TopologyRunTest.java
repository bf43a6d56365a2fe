package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the measurement of committed outcomes with a real broker. */
@Tag("full")
class TopologyRunTest {
    private static final int EVENTS = 500;

    @TempDir
    private Path folder;

    /** All events are visible with the first commits, which are not counted. */
    @Test
    void aPipelineThatOutrunsItsEventsGetsMore() throws Exception {
        BenchSettings settings = new BenchSettings(1, 1, null, folder, Path.of("models"), List.of("auto"), "cpu");
        try (KafkaSetup kafka = new KafkaSetup(settings, "broker")) {
            kafka.supply(KafkaSetup.INPUT, List.of(new byte[] {1}), EVENTS);
            for (int run = 0; run < 2; run++) {
                assertThat(kafka.run().constant(1)).isGreaterThan(EVENTS);
            }
        }
    }
}
