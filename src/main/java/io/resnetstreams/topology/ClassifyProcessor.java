package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.OutcomeRecords.OutcomeRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Hands each event to the classifier and forwards the outcomes in partition order, when they are there.
 *
 * <p>Threading: the stream thread alone. Outcomes are forwarded in {@code process} and in a wall-clock punctuation, which is
 * due whenever the stream thread wakes while something is in flight; it also makes Kafka Streams commit the tail of a topic
 * gone idle.
 */
final class ClassifyProcessor implements Processor<byte[], byte[], byte[], Outcome> {
    static final String LABELS_SINK = "labels";
    static final String DEAD_LETTERS_SINK = "dead-letters";

    private final String inputTopic;
    private final EventClassifier classifier;
    private final CommitFrontier frontier;
    private final TopologyMetrics metrics;
    private final Replay replay;
    private final OutcomeRecords records;

    private ProcessorContext<byte[], Outcome> context;
    private InFlightWindow window;
    private StreamThreadSleep sleep;
    private Cancellable punctuation;
    private boolean consumedSincePunctuation;

    ClassifyProcessor(
            String inputTopic,
            EventClassifier classifier,
            CommitFrontier frontier,
            TopologyMetrics metrics,
            Replay replay,
            OutcomeRecords records) {
        this.inputTopic = inputTopic;
        this.classifier = classifier;
        this.frontier = frontier;
        this.metrics = metrics;
        this.replay = replay;
        this.records = records;
    }

    @Override
    public void init(ProcessorContext<byte[], Outcome> processorContext) {
        context = processorContext;
        TopicPartition partition =
                new TopicPartition(inputTopic, context.taskId().partition());
        // A new task has a new processor; one that was suspended has this again.
        window = window == null ? frontier.open(partition) : frontier.reopen(partition);
        sleep = frontier.sleep();
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawEvent event = new RawEvent(position(record), record.key(), record.value(), record.headers());
        if (window.isLast(event.source().offset())) {
            // Its turn came before, but forwarding timed out, so Kafka Streams offers it again.
            drain();
            return;
        }
        if (!replay.takes(event)) {
            window.passOver();
            return;
        }
        CompletableFuture<Outcome> outcome = classifier.classify(event);
        window.add(event, outcome);
        if (!outcome.isDone()) {
            outcome.whenComplete((done, failure) -> sleep.outcomeIsThere());
        }
        metrics.consumed(event);
        consumedSincePunctuation = true;
        if (punctuation == null) {
            punctuation =
                    context.schedule(StreamThreadSleep.LOOK_AGAIN, PunctuationType.WALL_CLOCK_TIME, now -> punctuate());
        }
        sleep.somethingWasDone();
        drain();
    }

    private SourcePosition position(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("an event without topic, partition and offset"));
        return new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset(), record.timestamp());
    }

    private void punctuate() {
        drain();
        if (window.isEmpty() && !consumedSincePunctuation) {
            punctuation.cancel();
            punctuation = null;
            // With exactly-once, readers see the labels after the commit; under light load there's no reason to wait.
            // While events keep coming the interval commits, since a commit costs as much as hundreds of them.
            context.commit();
        }
        if (window.isEmpty()) {
            // To see whether more comes, or the end.
            sleep.somethingWasDone();
        }
        consumedSincePunctuation = false;
    }

    private void drain() {
        while (window.isHeadFinished()) {
            RawEvent event = window.head();
            Outcome outcome = headOutcome(event);
            OutcomeRecord written = records.of(event, outcome);
            context.forward(written.record(), written.sink());
            // Only now: from here on a commit may pass the event.
            window.removeHead();
            sleep.forwarded();
            metrics.forwarded(event, written.outcome());
        }
    }

    private Outcome headOutcome(RawEvent event) {
        try {
            return window.headOutcome();
        } catch (CompletionException e) {
            throw new ClassificationFailedException(
                    "cannot classify " + event.source() + ": " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        window.abandon();
        if (punctuation != null) {
            // Kafka Streams may initialise this very object again, when a suspended task is resumed.
            punctuation.cancel();
            punctuation = null;
        }
    }
}
