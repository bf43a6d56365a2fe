package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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

/** The sleep with a consumer that never blocks and writes down how long it was asked to. */
class StreamThreadSleepTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final Duration LONGEST = Duration.ofMillis(100);

    private final List<Duration> polls = new ArrayList<>();
    private Runnable duringPoll = () -> {};
    private long now;

    private long wallMillis = 1_000_000_000_000L;

    private final StreamThreadSleep sleep =
            new StreamThreadSleep(() -> now, new ClockSteps(() -> wallMillis + now / 1_000_000, () -> now));
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

    private void advanceMillis(long millis) {
        now += millis * 1_000_000;
    }

    private int poll() {
        return sleep.poll(consumer, LONGEST).count();
    }

    private void addRecord() {
        consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 0, null, new byte[0]));
    }

    @Test
    void sleepsAsLongAsItMayWhereNothingHappens() {
        poll();
        assertThat(polls).containsExactly(LONGEST);
    }

    @Test
    void anOutcomeWakesIt() {
        duringPoll = sleep::outcomeIsThere;
        addRecord();
        assertThat(poll()).isZero();
        duringPoll = () -> {};
        // Nothing is lost by that.
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void manyOutcomesWakeItOnce() {
        duringPoll = () -> {
            sleep.outcomeIsThere();
            sleep.outcomeIsThere();
        };
        poll();
        duringPoll = () -> {};
        addRecord();
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void anOutcomeThatCameWhileItWasAwakeShortensTheNextSleepOnly() {
        sleep.outcomeIsThere();
        poll();
        poll();
        assertThat(polls).containsExactly(StreamThreadSleep.LOOK_AGAIN, LONGEST);
    }

    @Test
    void looksAgainAfterSomethingWasDone() {
        sleep.somethingWasDone();
        poll();
        poll();
        assertThat(polls).containsExactly(StreamThreadSleep.LOOK_AGAIN, LONGEST);
    }

    @Test
    void sleepsNoLongerThanUntilTheCommitIsDue() {
        sleep.forwarded();
        advanceMillis(60);
        poll();
        advanceMillis(60);
        poll();
        sleep.committed();
        poll();
        sleep.forwarded();
        poll();
        assertThat(polls).containsExactly(Duration.ofMillis(41), Duration.ofMillis(5), LONGEST, Duration.ofMillis(100));
    }

    @Test
    void neverSleepsLongerThanItMay() {
        sleep.somethingWasDone();
        assertThat(sleep.poll(consumer, Duration.ZERO).count()).isZero();
        assertThat(polls).containsExactly(Duration.ZERO);
    }

    @Test
    void aWakeupThatComesTooLateForItsPollEndsNoOtherCall() throws Throwable {
        MockConsumer<byte[], byte[]> late = new MockConsumer<>("earliest") {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                sleep.outcomeIsThere();
                return ConsumerRecords.empty();
            }
        };
        sleep.poll(late, LONGEST);
        List<String> attempts = new ArrayList<>();
        Object result = sleep.callAwake(() -> {
            attempts.add("call");
            if (attempts.size() == 1) {
                throw new WakeupException();
            }
            return "committed";
        });
        assertThat(result).isEqualTo("committed");
        assertThat(attempts).hasSize(2);
    }

    /** A wakeup can come between the exception of the one before and the thread's being awake. */
    @Test
    void twoWakeupsAtOnceAreTwoEmptyPolls() {
        duringPoll = sleep::outcomeIsThere;
        poll();
        duringPoll = () -> {};
        consumer.wakeup();
        assertThat(poll()).isZero();
        addRecord();
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void afterTheWallClockWasSetBackItIsForAnotherThread() {
        poll();
        wallMillis -= Duration.ofHours(1).toMillis();
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(ClockSetBackException.class).isThrownBy(this::poll);
        }
        assertThat(polls).hasSize(1);
        assertThat(new ThreadFailures(() -> now).mayPass(new StreamsException(new ClockSetBackException())))
                .isTrue();
    }

    @Test
    void aClockThatWasSetForwardOrByLittleIsNoMatter() {
        wallMillis -= 1_900;
        poll();
        wallMillis += Duration.ofHours(1).toMillis();
        poll();
        assertThat(polls).hasSize(2);
    }

    @Test
    void wakingEndsAPollOfWhichNothingIsKnown() {
        duringPoll = () -> {
            sleep.somethingWasDone();
            sleep.wakeUp();
        };
        addRecord();
        assertThat(poll()).isZero();
    }
}
