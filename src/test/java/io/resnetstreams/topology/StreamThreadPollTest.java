package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.topology.StreamThreadPoll.ClockSetBackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Uses a consumer that never blocks and records the timeouts of its polls. */
class StreamThreadPollTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final Duration LONGEST = Duration.ofMillis(100);

    private final List<Duration> polls = new ArrayList<>();
    private Runnable duringPoll = () -> {};
    private long now;

    private long wallMillis = 1_000_000_000_000L;

    private final StreamThreadPoll streamThread = withCommitInterval(Duration.ofMillis(100));
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            polls.add(timeout);
            duringPoll.run();
            return super.poll(timeout);
        }
    };

    @BeforeEach
    void assign() {
        consumer.assign(List.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    }

    private StreamThreadPoll withCommitInterval(Duration commitInterval) {
        return new StreamThreadPoll(
                () -> now, new ClockSteps(() -> wallMillis + now / 1_000_000, () -> now), commitInterval);
    }

    private void advanceMillis(long millis) {
        now += millis * 1_000_000;
    }

    private int poll() {
        return streamThread.poll(consumer, LONGEST).count();
    }

    private void addRecord() {
        consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 0, null, new byte[0]));
    }

    @Test
    void anIdleThreadPollsAsLongAsAllowed() {
        poll();
        assertThat(polls).containsExactly(LONGEST);
    }

    @Test
    void queuedEventsAreStartedBeforeTheThreadWaits() throws Throwable {
        List<String> calls = new ArrayList<>();
        streamThread.beforeWaiting(() -> calls.add("start"));
        duringPoll = () -> calls.add("poll");
        poll();
        streamThread.callOutsidePoll(() -> calls.add("commit"));
        assertThat(calls).containsExactly("start", "poll", "start", "commit");
    }

    @Test
    void anOutcomeEndsThePoll() {
        duringPoll = streamThread::outcomeCompleted;
        addRecord();
        assertThat(poll()).isZero();
        duringPoll = () -> {};
        // The record is not lost.
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void severalOutcomesEndOnePoll() {
        duringPoll = () -> {
            streamThread.outcomeCompleted();
            streamThread.outcomeCompleted();
        };
        poll();
        duringPoll = () -> {};
        addRecord();
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void anOutcomeOutsideOfAPollShortensOnlyTheNextPoll() {
        streamThread.outcomeCompleted();
        poll();
        poll();
        assertThat(polls).containsExactly(StreamThreadPoll.SHORT_POLL, LONGEST);
    }

    @Test
    void thePollAfterWorkIsShort() {
        streamThread.shortenNextPoll();
        poll();
        poll();
        assertThat(polls).containsExactly(StreamThreadPoll.SHORT_POLL, LONGEST);
    }

    @Test
    void thePollEndsWhenTheCommitIsDue() {
        streamThread.forwarded();
        advanceMillis(60);
        poll();
        advanceMillis(60);
        poll();
        streamThread.committed();
        poll();
        streamThread.forwarded();
        poll();
        assertThat(polls).containsExactly(Duration.ofMillis(41), Duration.ofMillis(5), LONGEST, Duration.ofMillis(100));
    }

    @Test
    void theEffectiveCommitIntervalDecidesWhenTheCommitIsDue() {
        StreamThreadPoll slow = withCommitInterval(Duration.ofSeconds(30));
        slow.forwarded();
        advanceMillis(29_950);
        slow.poll(consumer, LONGEST);
        StreamThreadPoll fast = withCommitInterval(Duration.ofMillis(20));
        fast.forwarded();
        fast.poll(consumer, LONGEST);
        assertThat(polls).containsExactly(Duration.ofMillis(51), Duration.ofMillis(21));
    }

    @Test
    void neverPollsLongerThanAllowed() {
        streamThread.shortenNextPoll();
        assertThat(streamThread.poll(consumer, Duration.ZERO).count()).isZero();
        assertThat(polls).containsExactly(Duration.ZERO);
    }

    @Test
    void aWakeupAfterAPollDoesNotFailTheNextCall() throws Throwable {
        MockConsumer<byte[], byte[]> late = new MockConsumer<>("earliest") {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                streamThread.outcomeCompleted();
                return ConsumerRecords.empty();
            }
        };
        streamThread.poll(late, LONGEST);
        List<String> attempts = new ArrayList<>();
        Object result = streamThread.callOutsidePoll(() -> {
            attempts.add("call");
            if (attempts.size() == 1) {
                throw new WakeupException();
            }
            return "committed";
        });
        assertThat(result).isEqualTo("committed");
        assertThat(attempts).hasSize(2);
    }

    /** A wakeup can arrive after the exception of the previous one but before the poll has returned. */
    @Test
    void twoWakeupsMakeTwoEmptyPolls() {
        duringPoll = streamThread::outcomeCompleted;
        poll();
        duringPoll = () -> {};
        consumer.wakeup();
        assertThat(poll()).isZero();
        addRecord();
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void afterTheWallClockWasSetBackTheThreadMustBeReplaced() {
        poll();
        wallMillis -= Duration.ofHours(1).toMillis();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(ClockSetBackException.class).isThrownBy(this::poll);
        }
        assertThat(polls).hasSize(1);
        assertThat(new ThreadFailures(() -> now).shouldReplaceThread(new StreamsException(new ClockSetBackException())))
                .isTrue();
    }

    @Test
    void smallOrForwardClockChangesAreIgnored() {
        wallMillis -= 1_900;
        poll();
        wallMillis += Duration.ofHours(1).toMillis();
        poll();
        assertThat(polls).hasSize(2);
    }

    @Test
    void interruptEndsEvenAShortPoll() {
        duringPoll = () -> {
            streamThread.shortenNextPoll();
            streamThread.interrupt();
        };
        addRecord();
        assertThat(poll()).isZero();
    }
}
