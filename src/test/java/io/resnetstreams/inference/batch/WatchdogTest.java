package io.resnetstreams.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.inference.FakeClassifier;
import io.resnetstreams.model.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests the watchdog with a fake clock; the test runs inside the call that hangs. */
class WatchdogTest {
    private static final long TIMEOUT_MILLIS = 5_000;
    private static final long FRESH_MILLIS = 2_000;
    private static final byte[] IMAGE = new byte[3];

    private final AtomicLong now = new AtomicLong();
    private final List<Runnable> waiting = new ArrayList<>();
    private final Device device = new Device();
    private final Fresh fresh = new Fresh(() -> {});

    /** Records what the watchdog does to a device with two workers. */
    private static final class Device implements Watchdog.WatchedDevice {
        private final List<WatchedClassifier> workers = new ArrayList<>();
        private final List<WatchedClassifier> replaced = new ArrayList<>();
        private final List<Classifier> replacements = new ArrayList<>();
        private final List<DeviceFailedException> failures = new ArrayList<>();

        @Override
        public String device() {
            return "gpu:1";
        }

        @Override
        public List<WatchedClassifier> classifiers() {
            return List.copyOf(workers);
        }

        @Override
        public void replace(List<WatchedClassifier> stuck, Classifier classifier) {
            replaced.addAll(stuck);
            workers.removeAll(stuck);
            replacements.add(classifier);
            workers.add(new WatchedClassifier(classifier));
        }

        @Override
        public void fail(DeviceFailedException failure) {
            failures.add(failure);
            workers.clear();
        }
    }

    /** A classifier that runs this in each call. */
    private static final class Fresh implements Classifier {
        private final Runnable call;
        private int calls;
        private boolean closed;

        Fresh(Runnable call) {
            this.call = call;
        }

        @Override
        public float[][] classify(List<byte[]> images) {
            calls++;
            call.run();
            return FakeClassifier.rows(images);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Watchdog watchdog(Supplier<Classifier> classifier, Executor executor) {
        return new Watchdog(
                device, new Supervision(TIMEOUT_MILLIS, classifier, FRESH_MILLIS), IMAGE.length, executor, now::get);
    }

    /** Creates a worker of the device, and runs this inside one of its calls. */
    private WatchedClassifier hanging(Runnable meanwhile) {
        WatchedClassifier worker = new WatchedClassifier(new Fresh(meanwhile));
        device.workers.add(worker);
        worker.classify(List.of(IMAGE));
        return worker;
    }

    /** Advances the clock, with all checks of the watchdog that become due. */
    private void pass(Watchdog watchdog, long millis) {
        for (long passed = 0; passed < millis; passed += watchdog.periodMillis()) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(watchdog.periodMillis()));
            watchdog.look();
        }
    }

    @Test
    void aCallWithinItsTimeIsLeftAlone() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        hanging(() -> pass(watchdog, TIMEOUT_MILLIS));
        assertThat(fresh.calls).isZero();
        assertThat(device.failures).isEmpty();
    }

    @Test
    void manyShortCallsAreNotOneLongCall() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        WatchedClassifier worker = new WatchedClassifier(new Fresh(() -> pass(watchdog, 600)));
        device.workers.add(worker);
        for (int call = 0; call < 100; call++) {
            worker.classify(List.of(IMAGE));
            worker.begin(List.of(IMAGE)).get();
        }
        assertThat(fresh.calls).isZero();
    }

    @Test
    void aWorkerWithNothingToDoIsNotStuck() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        device.workers.add(new WatchedClassifier(new Fresh(() -> {})));
        pass(watchdog, 10 * TIMEOUT_MILLIS);
        assertThat(fresh.calls).isZero();
    }

    @Test
    void waitingForTheResultIsPartOfTheCall() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        WatchedClassifier worker = new WatchedClassifier(new Classifier() {
            @Override
            public float[][] classify(List<byte[]> images) {
                return begin(images).get();
            }

            @Override
            public Supplier<float[][]> begin(List<byte[]> images) {
                return () -> {
                    pass(watchdog, 2 * TIMEOUT_MILLIS);
                    return new float[0][];
                };
            }

            @Override
            public void close() {
                // There is nothing to close.
            }
        });
        device.workers.add(worker);
        worker.begin(List.of(IMAGE)).get();
        assertThat(device.replaced).containsExactly(worker);
    }

    @Test
    void aFreshClassifierThatPassesTakesTheStuckWorkersPlace() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        WatchedClassifier sound = new WatchedClassifier(new Fresh(() -> {}));
        device.workers.add(sound);
        WatchedClassifier stuck = hanging(() -> pass(watchdog, 2 * TIMEOUT_MILLIS));
        assertThat(fresh.calls).isEqualTo(1);
        assertThat(device.replaced).containsExactly(stuck);
        assertThat(device.replacements).containsExactly(fresh);
        assertThat(device.workers).contains(sound);
        assertThat(device.failures).isEmpty();
        assertThat(fresh.closed).isFalse();
    }

    @Test
    void aFreshClassifierThatFailsFailsTheDevice() {
        Fresh broken = new Fresh(() -> {
            throw new IllegalStateException("CUDA: device lost");
        });
        Watchdog watchdog = watchdog(() -> broken, Runnable::run);
        hanging(() -> pass(watchdog, 2 * TIMEOUT_MILLIS));
        assertThat(device.failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessage("the device has not returned from a batch within 5000 ms, and a new copy of the network"
                        + " failed: CUDA: device lost"));
        assertThat(broken.closed).isTrue();
    }

    @Test
    void aModelThatCannotBeLoadedAgainFailsTheDevice() {
        Watchdog watchdog = watchdog(
                () -> {
                    throw new IllegalArgumentException("cannot load the model");
                },
                Runnable::run);
        hanging(() -> pass(watchdog, 2 * TIMEOUT_MILLIS));
        assertThat(device.failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageEndingWith("failed: cannot load the model"));
    }

    @Test
    void aFreshClassifierThatHangsFailsTheDeviceAfterItsTimeout() {
        Watchdog watchdog = watchdog(() -> fresh, waiting::add);
        hanging(() -> {
            pass(watchdog, TIMEOUT_MILLIS + watchdog.periodMillis());
            assertThat(waiting).hasSize(1);
            pass(watchdog, TIMEOUT_MILLIS + FRESH_MILLIS - watchdog.periodMillis());
            assertThat(device.failures).isEmpty();
            pass(watchdog, watchdog.periodMillis());
            assertThat(device.failures).singleElement().satisfies(failure -> assertThat(failure)
                    .hasMessage("the device has not returned from a batch within 5000 ms, and a new"
                            + " copy of the network has not classified a blank image within 7000 ms"));
        });
        waiting.get(0).run();
        assertThat(fresh.closed).as("closed, since it passed too late").isTrue();
    }

    @Test
    void theDeviceFailsOnceWhateverFollows() {
        Watchdog watchdog = watchdog(() -> fresh, waiting::add);
        hanging(() -> pass(watchdog, 20 * TIMEOUT_MILLIS));
        assertThat(device.failures).hasSize(1);
        assertThat(waiting).hasSize(1);
    }

    @Test
    void theSecondTimeThereIsNoFurtherAttempt() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        hanging(() -> pass(watchdog, 2 * TIMEOUT_MILLIS));
        hanging(() -> pass(watchdog, 2 * TIMEOUT_MILLIS));
        assertThat(fresh.calls).isEqualTo(1);
        assertThat(device.failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageEndingWith("5000 ms, for the second time"));
    }

    @Test
    void workersThatHangTogetherAreReplacedTogether() {
        Watchdog watchdog = watchdog(() -> fresh, waiting::add);
        WatchedClassifier[] inner = new WatchedClassifier[1];
        WatchedClassifier outer = hanging(() -> inner[0] = hanging(() -> {
            pass(watchdog, 2 * TIMEOUT_MILLIS);
            waiting.get(0).run();
            pass(watchdog, watchdog.periodMillis());
        }));
        assertThat(device.replaced).containsExactlyInAnyOrder(outer, inner[0]);
        assertThat(device.replacements).containsExactly(fresh);
    }

    @Test
    void aCallThatReturnsDuringTheAttemptKeepsItsWorker() {
        Watchdog watchdog = watchdog(() -> fresh, waiting::add);
        WatchedClassifier slow = hanging(() -> pass(watchdog, TIMEOUT_MILLIS + watchdog.periodMillis()));
        assertThat(waiting).hasSize(1);
        pass(watchdog, watchdog.periodMillis());
        waiting.get(0).run();
        assertThat(fresh.closed).isTrue();
        assertThat(device.workers).containsExactly(slow);
        assertThat(device.replaced).isEmpty();
    }

    /** After SIGSTOP and SIGCONT the clock has advanced, but the device could not work. */
    @Test
    void timeInWhichTheWatchdogItselfWasStoppedDoesNotCount() {
        Watchdog watchdog = watchdog(() -> fresh, Runnable::run);
        hanging(() -> {
            pass(watchdog, watchdog.periodMillis());
            now.addAndGet(TimeUnit.HOURS.toNanos(1));
            watchdog.look();
            pass(watchdog, TIMEOUT_MILLIS / 2);
        });
        assertThat(fresh.calls).isZero();
    }
}
