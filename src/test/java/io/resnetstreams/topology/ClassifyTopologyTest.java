package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifyTopologyTest {
    private static final Topics TOPICS = new Topics("image-events", "image-labels", "image-events-dlq");
    private static final byte[] KEY = {1, (byte) 0xFF};
    private static final byte[] VALUE = {(byte) 0x89, 0, 'P'};

    private final FakeEventClassifier classifier = new FakeEventClassifier();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> input;
    private TestOutputTopic<byte[], LabelEvent> labels;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start() {
        Pipeline.Parts parts = new Pipeline.Parts(
                new OutputTopics(TOPICS, Long.MAX_VALUE),
                new CommitFrontier(new InFlightBudget(new InFlightLimits(100, 1 << 20))),
                new StreamThreadPolls(Duration.ofMillis(100)),
                TopologyMetrics.NONE,
                Replay.NONE);
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        driver = new TopologyTestDriver(ClassifyTopology.build(parts, classifier), properties);
        input = driver.createInputTopic(TOPICS.input(), new ByteArraySerializer(), new ByteArraySerializer());
        labels = driver.createOutputTopic(TOPICS.labels(), new ByteArrayDeserializer(), LabelEvent.deserializer());
        deadLetters = driver.createOutputTopic(
                TOPICS.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    private void send(Headers headers) {
        input.pipeInput(new TestRecord<>(KEY, VALUE, headers, Instant.ofEpochMilli(5_000)));
    }

    private void drain() {
        driver.advanceWallClockTime(Duration.ofMillis(10));
    }

    private TestRecord<byte[], byte[]> deadLetter() {
        send(headers("trace", "t1", "trace", "t2"));
        classifier.outcome(0).complete(deadLetterOf(classifier.event(0)));
        drain();
        return deadLetters.readRecord();
    }

    @Test
    void aLabelIsWrittenWithKeyTimestampAndHeadersOfItsEvent() {
        send(headers("trace", "t1"));
        classifier.outcome(0).complete(labelOf(classifier.event(0)));
        drain();
        TestRecord<byte[], LabelEvent> label = labels.readRecord();
        assertThat(label.key()).isEqualTo(KEY);
        assertThat(label.timestamp()).isEqualTo(5_000);
        assertThat(label.headers()).isEqualTo(headers("trace", "t1", "content-type", "application/json"));
        assertThat(label.value()).isEqualTo(labelOf(classifier.event(0)).event());
    }

    @Test
    void aLabelledEventHasNoDeadLetter() {
        send(headers());
        classifier.outcome(0).complete(labelOf(classifier.event(0)));
        drain();
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void aDeadLetterHasTheKeyAndValueOfItsEvent() {
        TestRecord<byte[], byte[]> letter = deadLetter();
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(letter.timestamp()).isEqualTo(5_000);
    }

    @Test
    void aDeadLetterBeginsWithTheHeadersOfItsEvent() {
        Header[] found = deadLetter().headers().toArray();
        assertThat(found).startsWith(headers("trace", "t1", "trace", "t2").toArray());
    }

    @Test
    void aDeadLetterSaysWhereItCameFromAndWhy() {
        Headers found = deadLetter().headers();
        assertThat(text(found, DeadLetter.TOPIC_HEADER)).isEqualTo("image-events");
        assertThat(text(found, DeadLetter.PARTITION_HEADER)).isEqualTo("0");
        assertThat(text(found, DeadLetter.OFFSET_HEADER)).isEqualTo("0");
        assertThat(text(found, DeadLetter.STAGE_HEADER)).isEqualTo("decode");
        assertThat(text(found, DeadLetter.MESSAGE_HEADER)).isEqualTo("the image is broken");
    }

    @Test
    void anEventWithoutKeyAndValueIsADeadLetterWithoutKeyAndValue() {
        input.pipeInput(new TestRecord<>(null, null, Instant.ofEpochMilli(5_000)));
        classifier.outcome(0).complete(deadLetterOf(classifier.event(0)));
        drain();
        TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
    }

    @Test
    void anOutcomeGoesToThePartitionOfTheSameNumber() {
        assertThat(ClassifyTopology.samePartition().partitions("image-labels", KEY, labelOf(event(5, 0)), 6))
                .isEqualTo(Optional.of(Set.of(5)));
    }

    @Test
    void theTopologyHasOneSourceAndTwoSinks() {
        assertThat(ClassifyTopology.describe(TOPICS).toString())
                .contains("Source: read (topics: [image-events])")
                .contains("Sink: labels (topic: image-labels)")
                .contains("Sink: dead-letters (topic: image-events-dlq)");
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), UTF_8);
    }
}
