package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.common.DaemonThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeviceThreadsTest {
    /** As libraries start threads of their own from whichever thread calls them first. */
    @Test
    void aThreadThatADeviceThreadStartsIsNone() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        AtomicReference<Thread> other = new AtomicReference<>();
        Thread device = DeviceThreads.create("device", () -> {
            other.set(DaemonThreads.create("other", () -> awaitEnd(end)));
            other.get().start();
        });
        device.start();
        device.join();
        assertThat(other.get().isAlive()).isTrue();
        assertThat(DeviceThreads.running()).doesNotContain(device, other.get());
        end.countDown();
        other.get().join();
    }

    @Test
    void aDeviceThreadIsRunningUntilItsWorkEnds() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread device = DeviceThreads.create("device", () -> awaitEnd(end));
        assertThat(DeviceThreads.running()).doesNotContain(device);
        device.start();
        assertThat(DeviceThreads.running()).contains(device);
        assertThat(DeviceThreads.areRunning()).isTrue();
        end.countDown();
        device.join();
        assertThat(DeviceThreads.running()).doesNotContain(device);
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
