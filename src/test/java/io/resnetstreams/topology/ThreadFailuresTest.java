package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.ClassifyProcessor.ClassificationFailedException;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class ThreadFailuresTest {
    private long now;
    private final ThreadFailures failures = new ThreadFailures(() -> now);

    @Test
    void temporaryFailuresAreRetriedWithoutLimit() {
        for (int i = 0; i < 100; i++) {
            assertThat(failures.shouldReplaceThread(new StreamsException("commit", new TimeoutException("no leader"))))
                    .isTrue();
        }
    }

    @Test
    void permanentFailuresAreNotRetried() {
        assertThat(failures.shouldReplaceThread(
                        new StreamsException(new ClassificationFailedException("device broken", null))))
                .isFalse();
        assertThat(failures.shouldReplaceThread(new StreamsException(new TopicAuthorizationException("labels"))))
                .isFalse();
        assertThat(failures.shouldReplaceThread(new KafkaException(new SaslAuthenticationException("wrong password"))))
                .isFalse();
        assertThat(failures.shouldReplaceThread(new IllegalStateException("a defect")))
                .isFalse();
        assertThat(failures.shouldReplaceThread(new StreamsException("a defect", new NullPointerException())))
                .isFalse();
    }

    @Test
    void unexpectedErrorsOfTheBrokerAreRetriedAtALimitedRate() {
        Throwable send = new StreamsException("send", new UnknownServerException());
        Throwable commit = new StreamsException("commit", new KafkaException("Unhandled error in EndTxnResponse"));
        for (int i = 0; i < ThreadFailures.MOST_UNEXPECTED; i++) {
            assertThat(failures.shouldReplaceThread(i % 2 == 0 ? send : commit)).isTrue();
        }
        assertThat(failures.shouldReplaceThread(send)).isFalse();

        now += Duration.ofMinutes(ThreadFailures.MINUTES).toNanos();
        assertThat(failures.shouldReplaceThread(commit)).isTrue();
    }
}
