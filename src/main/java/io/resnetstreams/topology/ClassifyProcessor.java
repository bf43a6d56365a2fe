package io.resnetstreams.topology;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.OutcomeRecords.OutcomeRecord;
import java.util.ArrayList;
import java.util.List;
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
 * Passes each event to the classifier, and forwards completed outcomes in the order of the partition.
 *
 * <p>Threading: the stream thread only. Outcomes are forwarded in {@code process} and in a wall-clock punctuation, due
 * when the thread wakes up while events are in flight; it also requests a commit when the topic becomes idle.
 */
final class ClassifyProcessor implements Processor<byte[], byte[], byte[], SingleOutcome> {
    static final String LABELS_SINK = "labels";
    static final String DEAD_LETTERS_SINK = "dead-letters";

    /** About two batches. */
    private static final int FEW_EVENTS = 64;

    /** So few that no device waits for the first of them, and so many that waking another thread costs little for each. */
    private static final int MOST_QUEUED = 16;

    private final Pipeline.Parts parts;
    private final EventClassifier classifier;
    private final TopologyMetrics metrics;
    private final OutcomeRecords records;

    /** The outcomes of the oldest event that are forwarded. Forwarding the next one may time out; it is then tried again. */
    private final List<SingleOutcome> forwardedOfHead = new ArrayList<>();

    private ProcessorContext<byte[], SingleOutcome> context;
    private InFlightWindow window;
    private StreamThreadPoll poll;
    private Cancellable punctuation;
    private boolean consumedSincePunctuation;
    private int queued;
    /** The outcome that wakes the thread when it completes: that of the oldest event, for which all others wait. */
    private CompletableFuture<Outcome> awaited;

    /** An event could not be classified for another reason than the event: the instance ends, and it stays uncommitted. */
    static final class ClassificationFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClassificationFailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    ClassifyProcessor(Pipeline.Parts parts, EventClassifier classifier) {
        this.parts = parts;
        this.classifier = classifier;
        this.metrics = parts.metrics();
        this.records = new OutcomeRecords(parts.outputs(), parts.replay(), System::currentTimeMillis);
    }

    @Override
    public void init(ProcessorContext<byte[], SingleOutcome> processorContext) {
        context = processorContext;
        TopicPartition partition = new TopicPartition(
                parts.outputs().topics().input(), context.taskId().partition());
        // Each new task gets a new processor; a resumed task keeps its own.
        CommitFrontier frontier = parts.frontier();
        window = window == null ? frontier.open(partition) : frontier.reopen(partition);
        poll = parts.polls().ofThisThread();
        poll.beforeWaiting(classifier::startQueued);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RawEvent event = new RawEvent(position(record), record.key(), record.value(), record.headers());
        if (window.isLast(event.source().offset())) {
            // Forwarding timed out when this event was processed, so Kafka Streams processes it again.
            drain();
            return;
        }
        if (!parts.replay().takes(event)) {
            window.skip();
            return;
        }
        CompletableFuture<Outcome> outcome = classifier.classify(event);
        window.add(event, outcome);
        queued++;
        if (queued == MOST_QUEUED) {
            queued = 0;
            classifier.startQueued();
        }
        metrics.consumed(event);
        consumedSincePunctuation = true;
        if (punctuation == null) {
            punctuation =
                    context.schedule(StreamThreadPoll.SHORT_POLL, PunctuationType.WALL_CLOCK_TIME, now -> punctuate());
        }
        poll.shortenNextPoll();
        drain();
    }

    private SourcePosition position(Record<byte[], byte[]> record) {
        RecordMetadata metadata = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("the event has no topic, partition and offset"));
        return new SourcePosition(metadata.topic(), metadata.partition(), metadata.offset(), record.timestamp());
    }

    private void punctuate() {
        drain();
        if (window.isEmpty() && !consumedSincePunctuation) {
            punctuation.cancel();
            punctuation = null;
            // With exactly-once, labels become visible with the commit, so an idle task commits at once. While the
            // instance is busy, the commit interval applies, since a commit costs as much as hundreds of events. Of
            // many partitions, some are idle for a moment even under full load.
            if (parts.frontier().budget().events() <= FEW_EVENTS && poll.uncommitted() <= FEW_EVENTS) {
                context.commit();
            }
        }
        if (window.isEmpty()) {
            // The next punctuation checks whether the task is idle.
            poll.shortenNextPoll();
        }
        consumedSincePunctuation = false;
    }

    private void drain() {
        while (window.isHeadFinished()) {
            RawEvent event = window.head();
            List<SingleOutcome> outcomes = headOutcome(event).each();
            while (forwardedOfHead.size() < outcomes.size()) {
                OutcomeRecord written = records.of(event, outcomes.get(forwardedOfHead.size()));
                context.forward(written.record(), written.sink());
                forwardedOfHead.add(written.outcome());
            }
            // After forwarding, since from here on a commit may include the event.
            window.removeHead();
            poll.forwarded();
            forwardedOfHead.forEach(outcome -> metrics.forwarded(event, outcome));
            forwardedOfHead.clear();
        }
        CompletableFuture<Outcome> head = window.awaited();
        if (head != null && head != awaited) {
            head.whenComplete((done, failure) -> poll.outcomeCompleted());
        }
        awaited = head;
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
        forwardedOfHead.clear();
        if (punctuation != null) {
            // Kafka Streams initialises this object again when the suspended task is resumed.
            punctuation.cancel();
            punctuation = null;
        }
    }
}
