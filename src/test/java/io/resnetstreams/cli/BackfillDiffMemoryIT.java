package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.SourcePosition;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The memory of {@code backfill diff} does not grow with the topics: it runs with a heap that can't hold their labels.
 */
class BackfillDiffMemoryIT {
    private static final int SOURCE_PARTITIONS = 6;
    private static final List<String> TOPICS = List.of("labels-a", "labels-b");

    @Test
    @Tag("full") // ReadersMemoryIT compares large labels with little memory; OutcomeJoinTest pauses the faster side.
    void manyLabelsAreComparedInLittleMemory() throws Exception {
        compare(200_000, "64m");
    }

    @Tag("slow")
    @Test
    void aMillionLabelsAreComparedInTheSameMemory() throws Exception {
        compare(1_000_000, "64m");
    }

    private static void compare(int events, String heap) throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            ComparedTopics topics = new ComparedTopics(cluster);
            topics.create("labels-a", SOURCE_PARTITIONS);
            topics.create("labels-b", 1);
            fill(cluster, events);
            InstanceProcess diff = cluster.track(InstanceProcess.command(
                    heap,
                    List.of("backfill", "diff", "labels-a", "labels-b", "--json", "--bootstrap", cluster.bootstrap())));
            assertThat(diff.awaitEnd(Duration.ofSeconds(400))).as(diff.log()).isZero();
            JsonNode json = new ObjectMapper()
                    .readTree(diff.log()
                            .lines()
                            .filter(line -> line.startsWith("{"))
                            .findFirst()
                            .orElseThrow());
            assertThat(json.get("compared").asInt()).isEqualTo(events);
            assertThat(json.get("changed").asInt()).isEqualTo(events / 100);
            assertThat(json.at("/b/duplicates").asInt()).isZero();
        }
    }

    /** Writes both topics; every hundredth label differs. */
    private static void fill(TestCluster cluster, int events) {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            for (int i = 0; i < events; i++) {
                SourcePosition source =
                        new SourcePosition("image-events", i % SOURCE_PARTITIONS, i / SOURCE_PARTITIONS, 17);
                for (String topic : TOPICS) {
                    boolean first = topic.equals(TOPICS.get(0));
                    String label = !first && i % 100 == 0 ? "dog" : "cat";
                    producer.send(ComparedTopics.label(topic, first ? SOURCE_PARTITIONS : 1, source, label, 0.5));
                }
            }
        }
    }
}
