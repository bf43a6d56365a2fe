package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.TOPIC;
import static io.resnetstreams.events.TestEvents.deadLetterOf;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static io.resnetstreams.events.TestEvents.labelOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.OutcomeList;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.topology.ClassifyProcessor.ClassificationFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedForward;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifyProcessorTest {
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final FakeEventClassifier classifier = new FakeEventClassifier();
    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(100, 1 << 20));
    private final CommitFrontier frontier = new CommitFrontier(budget);
    private final StreamThreadPolls polls = new StreamThreadPolls(Duration.ofMillis(100));
    private final RecordingMetrics metrics = new RecordingMetrics();
    private final TimingOutContext<byte[], SingleOutcome> context = new TimingOutContext<>();
    private final ClassifyProcessor processor = processor(Replay.NONE);

    private ClassifyProcessor processor(Replay replay) {
        OutputTopics outputs = new OutputTopics(new Topics(TOPIC, "image-labels", "image-events-dlq"), Long.MAX_VALUE);
        return new ClassifyProcessor(new Pipeline.Parts(outputs, frontier, polls, metrics, replay), classifier);
    }

    /** Counts events, and records what may be committed when an outcome is reported as forwarded. */
    private final class RecordingMetrics implements TopologyMetrics {
        private final List<RawEvent> consumed = new ArrayList<>();
        private final List<Long> committableWhenForwarded = new ArrayList<>();

        @Override
        public void consumed(RawEvent event) {
            consumed.add(event);
        }

        @Override
        public void forwarded(RawEvent event, Outcome outcome) {
            committableWhenForwarded.add(committable(100));
        }
    }

    /** The call of {@code forward} with this number times out, as when a producer's buffer is full. */
    private static final class TimingOutContext<A, B> extends MockProcessorContext<A, B> {
        private int failAt;
        private int calls;

        @Override
        public <K extends A, V extends B> void forward(Record<K, V> record, String childName) {
            calls++;
            if (calls == failAt) {
                throw new TimeoutException("the buffer is full");
            }
            super.forward(record, childName);
        }
    }

    @BeforeEach
    void init() {
        processor.init(context);
    }

    private long committable(long consumed) {
        return frontier.lower(Map.of(PARTITION, new OffsetAndMetadata(consumed)))
                .get(PARTITION)
                .offset();
    }

    private void process(long offset) {
        context.setRecordMetadata(TOPIC, 0, offset);
        processor.process(new Record<>(
                ("key-" + offset).getBytes(UTF_8), new byte[] {1, 2}, 1_000 + offset, headers("trace", "t" + offset)));
    }

    private void finish(int index) {
        classifier.outcome(index).complete(labelOf(classifier.event(index)));
    }

    private void punctuate() {
        context.scheduledPunctuators().stream()
                .filter(punctuator -> !punctuator.cancelled())
                .toList()
                .forEach(punctuator -> punctuator.getPunctuator().punctuate(0));
    }

    private List<Long> forwardedOffsets() {
        return context.forwarded().stream()
                .map(forward -> forward.record().timestamp() - 1_000)
                .toList();
    }

    @Test
    void anEventIsHandedToTheClassifierWithItsPosition() {
        process(7);
        assertThat(classifier.event(0).source()).isEqualTo(new SourcePosition(TOPIC, 0, 7, 1_007));
    }

    @Test
    void eventsAreStartedTogetherAndBeforeTheThreadWaits() {
        for (int offset = 0; offset < 15; offset++) {
            process(offset);
        }
        assertThat(classifier.started()).isZero();
        process(15);
        assertThat(classifier.started()).isEqualTo(16);
        process(16);
        assertThat(classifier.started()).isEqualTo(16);
        polls.ofThisThread().waiting();
        assertThat(classifier.started()).isEqualTo(17);
    }

    @Test
    void onlyTheOldestOutcomeWakesTheStreamThread() {
        process(0);
        process(1);
        process(2);
        assertThat(classifier.outcome(0).getNumberOfDependents()).isEqualTo(1);
        assertThat(classifier.outcome(1).getNumberOfDependents()).isZero();
        finish(1);
        finish(0);
        punctuate();
        assertThat(forwardedOffsets()).containsExactly(0L, 1L);
        assertThat(classifier.outcome(2).getNumberOfDependents()).isEqualTo(1);
        // Nothing is added again while the event waits.
        punctuate();
        process(3);
        assertThat(classifier.outcome(2).getNumberOfDependents()).isEqualTo(1);
    }

    @Test
    void anEventIsHandedToTheClassifierWithKeyValueAndHeaders() {
        process(7);
        RawEvent event = classifier.event(0);
        assertThat(event.key()).isEqualTo("key-7".getBytes(UTF_8));
        assertThat(event.value()).containsExactly(1, 2);
        assertThat(event.headers().toArray()).isEqualTo(headers("trace", "t7").toArray());
    }

    @Test
    void aFinishedOutcomeWakesTheStreamThread() {
        List<Duration> timeouts = new ArrayList<>();
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                timeouts.add(timeout);
                return ConsumerRecords.empty();
            }
        };
        Duration longest = Duration.ofSeconds(1);
        process(0);
        polls.ofThisThread().poll(consumer, longest);
        polls.ofThisThread().poll(consumer, longest);
        finish(0);
        polls.ofThisThread().poll(consumer, longest);
        assertThat(timeouts).containsExactly(StreamThreadPoll.SHORT_POLL, longest, StreamThreadPoll.SHORT_POLL);
    }

    @Test
    void eachOutcomeOfAnEventIsForwardedBeforeItMayBeCommitted() {
        process(0);
        process(1);
        RawEvent event = classifier.event(0);
        finish(1);
        classifier.outcome(0).complete(new OutcomeList(List.of(labelOf(event), deadLetterOf(event), labelOf(event))));
        punctuate();
        assertThat(forwardedOffsets()).containsExactly(0L, 0L, 0L, 1L);
        assertThat(context.forwarded())
                .extracting(forward -> forward.childName().orElseThrow())
                .containsExactly("labels", "dead-letters", "labels", "labels");
        assertThat(metrics.committableWhenForwarded).containsExactly(1L, 1L, 1L, 100L);
        assertThat(committable(2)).isEqualTo(2);
    }

    @Test
    void anOutcomeWhoseForwardingTimedOutIsTriedAgainAlone() {
        process(0);
        RawEvent event = classifier.event(0);
        classifier.outcome(0).complete(new OutcomeList(List.of(labelOf(event), deadLetterOf(event))));
        context.failAt = 2;
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(this::punctuate);
        assertThat(committable(1)).isZero();
        punctuate();
        assertThat(context.forwarded())
                .extracting(forward -> forward.childName().orElseThrow())
                .containsExactly("labels", "dead-letters");
        assertThat(committable(1)).isEqualTo(1);
    }

    @Test
    void nothingIsForwardedBeforeItIsFinished() {
        process(0);
        punctuate();
        assertThat(context.forwarded()).isEmpty();
    }

    @Test
    void finishedEventsAreForwardedByThePunctuation() {
        process(0);
        finish(0);
        punctuate();
        assertThat(forwardedOffsets()).containsExactly(0L);
    }

    @Test
    void finishedEventsAreForwardedWhenTheNextOneComes() {
        process(0);
        finish(0);
        process(1);
        assertThat(forwardedOffsets()).containsExactly(0L);
    }

    @Test
    void outcomesAreForwardedInTheOrderOfTheirEvents() {
        process(0);
        process(1);
        process(2);
        finish(2);
        finish(1);
        punctuate();
        assertThat(context.forwarded()).isEmpty();
        finish(0);
        punctuate();
        assertThat(forwardedOffsets()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aLabelGoesToItsSinkWithKeyTimestampAndHeadersOfItsEvent() {
        process(7);
        finish(0);
        punctuate();
        CapturedForward<? extends byte[], ? extends Outcome> forward =
                context.forwarded().get(0);
        assertThat(forward.childName()).contains(ClassifyProcessor.LABELS_SINK);
        assertThat(forward.record().key()).isEqualTo("key-7".getBytes(UTF_8));
        assertThat(forward.record().timestamp()).isEqualTo(1_007);
        assertThat(forward.record().headers().toArray())
                .isEqualTo(headers("trace", "t7", "content-type", "application/json")
                        .toArray());
        assertThat(forward.record().value()).isEqualTo(labelOf(classifier.event(0)));
    }

    @Test
    void aDeadLetterGoesToItsSinkWithItsHeaders() {
        process(7);
        classifier.outcome(0).complete(deadLetterOf(classifier.event(0)));
        punctuate();
        CapturedForward<? extends byte[], ? extends Outcome> forward =
                context.forwarded().get(0);
        assertThat(forward.childName()).contains(ClassifyProcessor.DEAD_LETTERS_SINK);
        assertThat(forward.record().headers())
                .isEqualTo(deadLetterOf(classifier.event(0)).headers());
    }

    @Test
    void anEventIsCommittableOnlyAfterItsOutcomeWasForwarded() {
        process(0);
        process(1);
        finish(0);
        assertThat(committable(2)).isZero();
        punctuate();
        assertThat(committable(2)).isEqualTo(1);
    }

    @Test
    void metricsAreReportedAfterTheEventMayBeCommitted() {
        process(0);
        process(1);
        finish(0);
        punctuate();
        assertThat(metrics.committableWhenForwarded).containsExactly(1L);
    }

    @Test
    void eachConsumedEventIsReportedToMetrics() {
        process(0);
        process(1);
        assertThat(metrics.consumed).containsExactly(classifier.event(0), classifier.event(1));
    }

    @Test
    void noPunctuationRunsBeforeTheFirstEvent() {
        assertThat(context.scheduledPunctuators()).isEmpty();
    }

    @Test
    void oneWallClockPunctuationRunsWhileSomethingIsInFlight() {
        process(0);
        process(1);
        assertThat(context.scheduledPunctuators()).hasSize(1);
        CapturedPunctuator punctuator = context.scheduledPunctuators().get(0);
        assertThat(punctuator.getType()).isEqualTo(PunctuationType.WALL_CLOCK_TIME);
        assertThat(punctuator.cancelled()).isFalse();
    }

    @Test
    void thePunctuationEndsWhenTheWindowIsEmptyAndNothingComes() {
        process(0);
        finish(0);
        punctuate();
        assertThat(context.scheduledPunctuators().get(0).cancelled()).isFalse();
        punctuate();
        assertThat(context.scheduledPunctuators().get(0).cancelled()).isTrue();
    }

    @Test
    void thePunctuationStartsAgainWithTheNextEvent() {
        process(0);
        finish(0);
        punctuate();
        punctuate();
        process(1);
        assertThat(context.scheduledPunctuators()).hasSize(2);
        assertThat(context.scheduledPunctuators().get(1).cancelled()).isFalse();
    }

    @Test
    void aCommitIsAskedForWhenTheWindowEmpties() {
        process(0);
        process(1);
        finish(0);
        punctuate();
        assertThat(context.committed()).isFalse();
        finish(1);
        punctuate();
        assertThat(context.committed()).isTrue();
    }

    /** A commit costs as much as hundreds of events; under load, only the commit interval triggers commits. */
    @Test
    void noCommitIsAskedForWhileEventsKeepComing() {
        for (int event = 0; event < 10; event++) {
            process(event);
            finish(event);
            punctuate();
        }
        assertThat(context.committed()).isFalse();
        punctuate();
        assertThat(context.committed()).isTrue();
    }

    /** Under full load, some of many partitions are idle now and then. */
    @Test
    void noCommitIsAskedForWhileOtherPartitionsAreBusy() {
        InFlightWindow other = frontier.open(new TopicPartition(TOPIC, 1));
        for (int offset = 0; offset <= 64; offset++) {
            other.add(event(1, offset), new CompletableFuture<>());
        }
        process(0);
        finish(0);
        punctuate();
        punctuate();
        assertThat(context.committed()).isFalse();
        other.abandon();
        process(1);
        finish(1);
        punctuate();
        punctuate();
        assertThat(context.committed()).isTrue();
    }

    @Test
    void noCommitIsAskedForAfterManyOutcomesSinceTheLastOne() {
        for (int event = 0; event <= 64; event++) {
            process(event);
            finish(event);
        }
        punctuate();
        punctuate();
        assertThat(forwardedOffsets()).hasSize(65);
        assertThat(context.committed()).isFalse();
        polls.ofThisThread().committed();
        process(65);
        finish(65);
        punctuate();
        punctuate();
        assertThat(context.committed()).isTrue();
    }

    @Test
    void anEventWithoutOutcomeStopsTheInstanceAndStaysUncommitted() {
        process(7);
        classifier.outcome(0).completeExceptionally(new IllegalStateException("broken device"));
        assertThatExceptionOfType(ClassificationFailedException.class)
                .isThrownBy(this::punctuate)
                .withMessage("cannot classify image-events-0@7: broken device");
        assertThat(context.forwarded()).isEmpty();
        assertThat(committable(8)).isEqualTo(7);
    }

    @Test
    void closingCancelsWhatIsInFlightAndKeepsTheFrontier() {
        process(7);
        processor.close();
        assertThat(classifier.outcome(0)).isCancelled();
        assertThat(committable(8)).isEqualTo(7);
        assertThat(budget.events()).isZero();
    }

    /** A replay that takes every second event and marks its outcomes. */
    private static final class EverySecond implements Replay {
        @Override
        public boolean takes(RawEvent event) {
            return event.source().offset() % 2 == 0;
        }

        @Override
        public Headers marked(Headers headers) {
            return new RecordHeaders(headers).add(SingleOutcome.RUN_HEADER, "new".getBytes(UTF_8));
        }
    }

    @Test
    void anEventThatAReplayDoesNotTakeIsSkipped() {
        ClassifyProcessor replaying = processor(new EverySecond());
        replaying.init(context);
        for (long offset = 5; offset < 8; offset++) {
            context.setRecordMetadata(TOPIC, 0, offset);
            replaying.process(new Record<>(null, new byte[] {1}, 1_000, headers("trace", "t")));
            assertThat(committable(offset + 1)).isEqualTo(6);
        }
        assertThat(metrics.consumed)
                .extracting(event -> event.source().offset())
                .containsExactly(6L);
        finish(0);
        punctuate();
        assertThat(committable(8)).isEqualTo(8);
        CapturedForward<?, ?> forward = context.forwarded().get(0);
        assertThat(forward.record().headers().toArray())
                .extracting(Header::key)
                .containsExactly("trace", "content-type", SingleOutcome.RUN_HEADER);
        assertThat(metrics.consumed.get(0).headers().toArray()).hasSize(1);
    }

    @Test
    void aSkippedEventShowsThatConsumptionRestarted() {
        ClassifyProcessor replaying = processor(new EverySecond());
        replaying.init(context);
        process(replaying, 6);
        replaying.close();
        replaying.init(context);
        assertThat(committable(9)).isEqualTo(6);
        process(replaying, 9);
        assertThat(committable(10)).isEqualTo(10);
    }

    /** Another instance may have owned the partition in between and committed more. */
    @Test
    void aNewTaskDoesNotKnowTheFrontierOfAnEarlierOne() {
        process(7);
        processor.close();
        processor(Replay.NONE).init(context);
        assertThat(committable(500)).isEqualTo(500);
    }

    @Test
    void anEventOfferedAgainAfterATimeoutIsNotClassifiedTwice() {
        process(7);
        finish(0);
        process(7);
        assertThat(forwardedOffsets()).containsExactly(7L);
        assertThat(metrics.consumed).hasSize(1);
        assertThat(budget.events()).isZero();
    }

    private void process(ClassifyProcessor to, long offset) {
        context.setRecordMetadata(TOPIC, 0, offset);
        to.process(new Record<>(null, new byte[] {1}, 1_000, headers("trace", "t")));
    }
}
