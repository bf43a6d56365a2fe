package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

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
    void whatMayPassIsTriedAgainWithoutEnd() {
        for (int i = 0; i < 100; i++) {
            assertThat(failures.mayPass(new StreamsException("commit", new TimeoutException("no leader"))))
                    .isTrue();
        }
    }

    @Test
    void whatWouldFailAgainIsNotTriedAgain() {
        assertThat(failures.mayPass(new StreamsException(new ClassificationFailedException("device broken", null))))
                .isFalse();
        assertThat(failures.mayPass(new StreamsException(new TopicAuthorizationException("labels"))))
                .isFalse();
        assertThat(failures.mayPass(new KafkaException(new SaslAuthenticationException("wrong password"))))
                .isFalse();
        assertThat(failures.mayPass(new IllegalStateException("a defect"))).isFalse();
        assertThat(failures.mayPass(new StreamsException("a defect", new NullPointerException())))
                .isFalse();
    }

    @Test
    void whatTheBrokerDidNotExpectIsTriedAgainNowAndThen() {
        Throwable send = new StreamsException("send", new UnknownServerException());
        Throwable commit = new StreamsException("commit", new KafkaException("Unhandled error in EndTxnResponse"));
        for (int i = 0; i < ThreadFailures.MOST_UNEXPECTED; i++) {
            assertThat(failures.mayPass(i % 2 == 0 ? send : commit)).isTrue();
        }
        assertThat(failures.mayPass(send)).isFalse();

        now += Duration.ofMinutes(ThreadFailures.MINUTES).toNanos();
        assertThat(failures.mayPass(commit)).isTrue();
    }
}
