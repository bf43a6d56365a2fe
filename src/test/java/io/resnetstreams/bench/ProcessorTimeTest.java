package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
    private static final long WORK_NANOS = 20_000_000;

    @Test
    void theTimeOfLaterThreadsIsCountedByRole() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread before = worker("decode-before", ended);
        ProcessorTime time = new ProcessorTime();
        assertThat(time.microsPerRecord()).isNaN();
        time.begin();
        Thread stream = worker("group-StreamThread-1", ended);
        Thread decode = worker("decode-7", ended);
        Thread producer = worker("kafka-producer-network-thread | group-StreamThread-1-producer", ended);
        time.end(10);
        ended.countDown();
        before.join();
        stream.join();
        decode.join();
        producer.join();
        assertThat(time.microsByRole()).containsOnlyKeys("stream", "decode", "producer");
        assertThat(time.microsByRole().values())
                .allSatisfy(micros -> assertThat(micros).isGreaterThanOrEqualTo(WORK_NANOS / 1e4));
        assertThat(time.microsPerRecord())
                .isCloseTo(
                        time.microsByRole().values().stream()
                                .mapToDouble(micros -> micros)
                                .sum(),
                        within(1e-6));
        // The clocks of threads and processes have different resolutions.
        assertThat(time.processMicrosPerRecord()).isGreaterThan(time.microsPerRecord() / 2);
    }

    /** Returns a thread that has used processor time, and waits. */
    private static Thread worker(String name, CountDownLatch ended) throws InterruptedException {
        CountDownLatch worked = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    long begun = threadNanos();
                    while (threadNanos() - begun < WORK_NANOS) {
                        Thread.onSpinWait();
                    }
                    worked.countDown();
                    try {
                        ended.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        worked.await();
        return thread;
    }

    private static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
