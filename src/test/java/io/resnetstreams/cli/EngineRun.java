package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicScan;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A group with one engine, with output topics of its own beside those of other engines. */
final class EngineRun {
    private static final Duration LONGEST = Duration.ofSeconds(180);

    private final TestCluster cluster;
    private final Topics topics;
    private final OutcomeFollower follower;
    private final InstanceProcess instance;
    private final int events;

    /** @param expected the class of each event, by its id */
    EngineRun(TestCluster cluster, EngineName engine, ModelDirectory model, Map<String, Integer> expected)
            throws InterruptedException {
        this.cluster = cluster;
        this.topics = cluster.furtherOutputs(engine.toString());
        this.follower = cluster.follow(topics, expected);
        this.events = expected.size();
        this.instance = cluster.run(
                "model=" + model.directory(),
                "engine=" + engine,
                "applicationId=" + engine,
                "topics.labels=" + topics.labels(),
                "topics.deadLetters=" + topics.deadLetters());
    }

    void awaitRunning() {
        instance.awaitRunning();
    }

    void expect(RecordMetadata event) {
        follower.expect(event.partition(), event.offset());
    }

    /** Waits until each event has its label, and stops the instance. */
    void assertOfflineLabels() throws Exception {
        await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() >= events);
        assertThat(instance.terminate()).as(instance::log).isZero();
        follower.finish();
        OutcomeFollower.Snapshot outcomes = follower.snapshot();
        assertThat(outcomes.judged()).isEqualTo(events);
        assertThat(outcomes.right()).isEqualTo(events);
        assertThat(outcomes.lost()).isZero();
        assertThat(outcomes.duplicates()).isZero();
        assertThat(outcomes.outOfOrder()).isZero();
    }

    /** Returns the labels of each event, best first, by the event's id. */
    Map<String, List<Label>> labels() {
        Map<String, List<Label>> labels = new HashMap<>();
        new TopicScan(cluster.clients()).scan(topics.labels(), TopicReader.Visitor.ofAll(record -> {
            LabelEvent event = LabelEvent.complete(record.topic(), record.value());
            labels.put(event.id(), event.labels());
        }));
        return labels;
    }
}
