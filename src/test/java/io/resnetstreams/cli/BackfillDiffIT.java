package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.cli.ComparedTopics.Outcome;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.TestEvents;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backfill diff} with a real broker, on topics with known differences. */
class BackfillDiffIT {
    private static final String LIVE = "image-labels";
    private static final String OTHER = "other-labels";
    private static final int LIVE_PARTITIONS = 6;
    private static final int OTHER_PARTITIONS = 4;
    private static final List<String> INPUTS = List.of("image-events", "other-events");
    private static final int SOURCE_PARTITIONS = 9;
    private static final int EVENTS = 6_000;
    private static final List<String> CLASSES = List.of("cat", "dog", "horse");

    @TempDir
    private Path folder;

    /** The expected result, counted while the topics are filled. */
    private static final class Expected {
        private long compared;
        private long changed;
        private long onlyInA;
        private long onlyInB;
        private final Map<List<String>, Long> changes = new HashMap<>();
        private double largestShift;
    }

    @Test
    void differencesAreFoundAcrossPartitions() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BackfillDiffIT: repeat with -Dseed=" + seed);
        try (TestCluster cluster = TestCluster.start()) {
            ComparedTopics topics = new ComparedTopics(cluster);
            topics.create(OTHER, OTHER_PARTITIONS);
            Map<String, Expected> expected = fill(cluster, new SplittableRandom(seed));
            for (String input : INPUTS) {
                Outcome outcome = topics.diff("live", OTHER, "--input", input, "--json", "--top", "5");
                assertThat(outcome.exit()).as(outcome.err()).isZero();
                assertFigures(outcome.json(), expected.get(input), seed);
            }
            assertThatBothInputsAreComparedAtOnce(topics, expected);
            assertThatATopicAgreesWithItself(topics);
            assertThatAPictureIsDrawn(topics);
            assertThatMistakesAreNamed(topics);
        }
    }

    private static Map<String, Expected> fill(TestCluster cluster, SplittableRandom random) throws Exception {
        Map<String, Expected> expected = new HashMap<>();
        INPUTS.forEach(input -> expected.put(input, new Expected()));
        try (Producer<byte[], byte[]> live = cluster.clients().producer();
                Producer<byte[], byte[]> other = transactional(cluster)) {
            other.initTransactions();
            for (int i = 0; i < EVENTS; i++) {
                String input = INPUTS.get(random.nextInt(INPUTS.size()));
                SourcePosition source =
                        new SourcePosition(input, random.nextInt(SOURCE_PARTITIONS), i, 1_700_000_000_000L);
                // Transaction markers occupy offsets, and aborted labels must not be compared.
                if (i % 500 == 0) {
                    other.beginTransaction();
                    other.send(record(OTHER, OTHER_PARTITIONS, source, "aborted", 1));
                    other.flush();
                    other.abortTransaction();
                    other.beginTransaction();
                }
                send(random, live, other, source, expected.get(input));
                if (i % 500 == 499) {
                    other.commitTransaction();
                }
            }
            live.flush();
        }
        return expected;
    }

    private static Producer<byte[], byte[]> transactional(TestCluster cluster) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", cluster.bootstrap(), "transactional.id", "backfill-diff-it");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, int partitions, SourcePosition source, String label, double probability) {
        return ComparedTopics.label(topic, partitions, source, label, probability);
    }

    private static void send(
            SplittableRandom random,
            Producer<byte[], byte[]> live,
            Producer<byte[], byte[]> other,
            SourcePosition source,
            Expected expected) {
        boolean inA = random.nextInt(10) > 0;
        boolean inB = random.nextInt(10) > 0;
        String from = CLASSES.get(random.nextInt(CLASSES.size()));
        String to = random.nextInt(5) > 0 ? from : CLASSES.get(random.nextInt(CLASSES.size()));
        double probabilityA = random.nextInt(1_024) / 1_024.0;
        double probabilityB = random.nextInt(1_024) / 1_024.0;
        if (inA) {
            live.send(record(LIVE, LIVE_PARTITIONS, source, from, probabilityA));
        }
        if (inB) {
            other.send(record(OTHER, OTHER_PARTITIONS, source, to, probabilityB));
        }
        if (inA && inB) {
            expected.compared++;
            if (from.equals(to)) {
                expected.largestShift = Math.max(expected.largestShift, Math.abs(probabilityB - probabilityA));
            } else {
                expected.changed++;
                expected.changes.merge(List.of(from, to), 1L, Long::sum);
            }
        } else if (inA) {
            expected.onlyInA++;
        } else if (inB) {
            expected.onlyInB++;
        }
    }

    private static void assertFigures(JsonNode json, Expected expected, long seed) {
        String what = "seed " + seed;
        assertThat(json.get("compared").asLong()).as(what).isEqualTo(expected.compared);
        assertThat(json.get("changed").asLong()).as(what).isEqualTo(expected.changed);
        assertThat(json.get("onlyInA").asLong()).as(what).isEqualTo(expected.onlyInA);
        assertThat(json.get("onlyInB").asLong()).as(what).isEqualTo(expected.onlyInB);
        assertThat(json.get("agreement").asDouble())
                .as(what)
                .isCloseTo(1 - (double) expected.changed / expected.compared, within(1e-12));
        Map<List<String>, Long> changes = new HashMap<>();
        json.get("changes")
                .forEach(change -> changes.put(
                        List.of(change.get("from").asText(), change.get("to").asText()),
                        change.get("count").asLong()));
        assertThat(changes).as(what).isEqualTo(expected.changes);
        assertThat(json.get("shifts")).as(what).hasSize(5);
        assertThat(Math.abs(json.at("/shifts/0/shift").asDouble())).as(what).isEqualTo(expected.largestShift);
        assertThat(json.get("surestChanges")).as(what).hasSize(5);
        for (String side : List.of("a", "b")) {
            for (String fault : List.of("duplicates", "misplaced", "malformed")) {
                assertThat(json.at("/" + side + "/" + fault).asLong())
                        .as(side + " " + fault)
                        .isZero();
            }
        }
    }

    private static void assertThatBothInputsAreComparedAtOnce(ComparedTopics topics, Map<String, Expected> expected)
            throws Exception {
        JsonNode json = topics.diff("live", OTHER, "--json").json();
        assertThat(json.get("compared").asLong())
                .isEqualTo(expected.values().stream()
                        .mapToLong(input -> input.compared)
                        .sum());
        assertThat(json.at("/a/deadLetters").asLong(-1)).isZero();
        assertThat(json.at("/b/deadLetters").isNull()).isTrue();
    }

    private static void assertThatATopicAgreesWithItself(ComparedTopics topics) throws Exception {
        JsonNode json = topics.diff(OTHER, OTHER, "--json").json();
        assertThat(json.get("agreement").asDouble()).isEqualTo(1.0);
        assertThat(json.get("compared").asLong()).isPositive();
        assertThat(json.get("changes")).isEmpty();
        assertThat(json.get("shifts")).isEmpty();
    }

    private void assertThatAPictureIsDrawn(ComparedTopics topics) {
        for (String name : List.of("changes.svg", "changes.png")) {
            Path picture = folder.resolve(name);
            Outcome outcome = topics.diff("live", OTHER, "--picture", picture.toString());
            assertThat(outcome.exit()).isZero();
            assertThat(outcome.out()).contains(" compared: ", "most confident changes", "changes: " + picture);
            assertThat(picture).isNotEmptyFile();
        }
    }

    private static void assertThatMistakesAreNamed(ComparedTopics topics) {
        Outcome unknown = topics.diff("live", "no-such-topic");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err().lines()).singleElement().asString().contains("B is 'no-such-topic'", "live");
        Outcome strange = topics.diff("live", OTHER, "--input", "strange-events");
        assertThat(strange.exit()).isEqualTo(1);
        assertThat(strange.err().lines())
                .singleElement()
                .asString()
                .contains("no labelled event in common", "strange-events");
    }

    @Test
    void deadLettersDuplicatesAndForeignRecordsAreReported() throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            ComparedTopics topics = new ComparedTopics(cluster);
            topics.create(OTHER, LIVE_PARTITIONS);
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                for (long offset = 0; offset < 3; offset++) {
                    SourcePosition source = new SourcePosition(TestEvents.TOPIC, 2, offset, 17);
                    producer.send(record(OTHER, LIVE_PARTITIONS, source, "cat", 0.5));
                    if (offset != 1) {
                        producer.send(record(LIVE, LIVE_PARTITIONS, source, "cat", 0.5));
                    }
                }
                // A label repeated by an application that was reset.
                producer.send(
                        record(LIVE, LIVE_PARTITIONS, new SourcePosition(TestEvents.TOPIC, 2, 0, 17), "dog", 0.5));
                producer.send(new ProducerRecord<>(OTHER, 1, null, new byte[] {1, 2, 3}));
                producer.send(new ProducerRecord<>(
                        "image-events-dlq",
                        2,
                        new byte[0],
                        new byte[3],
                        TestEvents.deadLetterOf(TestEvents.event(2, 1)).headers()));
            }
            Outcome outcome = topics.diff("live", OTHER, "--json");
            JsonNode json = outcome.json();
            assertThat(outcome.exit()).isZero();
            assertThat(json.get("compared").asLong()).isEqualTo(2);
            assertThat(json.get("changed").asLong()).isZero();
            assertThat(json.get("deadLetterOnlyInA").asLong()).isEqualTo(1);
            assertThat(json.at("/examples/deadLetterOnlyInA/0/source").asText()).isEqualTo("image-events-2@1");
            assertThat(json.at("/a/duplicates").asLong()).isEqualTo(1);
            assertThat(json.at("/a/deadLetters").asLong()).isEqualTo(1);
            assertThat(json.at("/b/malformed").asLong()).isEqualTo(1);
            assertThat(json.at("/examples/malformed/0").asText()).startsWith("other-labels-1@0: ");
            assertThat(outcome.err())
                    .contains("with a dead letter in A and a label in B", "ignored: 1 that are duplicates");
        }
    }
}
