package io.resnetstreams.faults;

import io.resnetstreams.clock.SettableClock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;

/** Faults of instances. */
final class ProcessFaults {
    private static final int MANY_OUTCOMES = 2_000;

    private ProcessFaults() {}

    /** The classifier misbehaves, and one instance is killed meanwhile. */
    static void misbehave(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        run.awaitSome();
        run.kill(0);
        run.mark();
        run.start(0);
        run.awaitRecovery();
        run.watch().awaitMore(MANY_OUTCOMES);
    }

    /** Kills one of two instances repeatedly. The survivor takes over before the killed instance restarts. */
    static void killOne(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        for (int kill = 0; kill < FaultRun.rounds(4, 1); kill++) {
            run.awaitAssigned(0);
            run.awaitAssigned(1);
            run.awaitSome();
            int victim = run.random().nextInt(2);
            Collection<Integer> partitions = run.partitionsOf(victim);
            run.kill(victim);
            run.mark();
            run.awaitRecovery(partitions);
            run.start(victim);
        }
    }

    /** Kills both instances and restarts them immediately. */
    static void killAll(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        for (int round = 0; round < FaultRun.rounds(4, 1); round++) {
            run.awaitSome();
            run.kill(0);
            run.kill(1);
            run.mark();
            run.start(0);
            run.start(1);
            run.awaitRecovery();
        }
    }

    /**
     * Suspends an instance. It resumes after its partitions were reassigned, with an open transaction and unsent
     * labels.
     */
    static void suspend(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        for (int round = 0; round < FaultRun.rounds(2, 1); round++) {
            run.awaitAssigned(0);
            run.awaitAssigned(1);
            run.awaitSome();
            int victim = run.random().nextInt(2);
            run.instance(victim).suspend();
            run.mark();
            run.awaitRemoved(victim);
            run.awaitRecovery();
            run.instance(victim).resume();
        }
        run.awaitAssigned(0);
        run.awaitAssigned(1);
    }

    /**
     * Steps the wall clock of one of two instances. Its monotonic clock, the other instance and the broker are not
     * changed.
     */
    static void stepClock(FaultRun run) throws Exception {
        SettableClock clock = run.startWithSettableClock(0);
        run.start(1);
        run.awaitAssigned(0);
        run.awaitAssigned(1);
        for (int hours : List.of(-1, 0, -2, 0).subList(0, FaultRun.rounds(4, 2))) {
            run.awaitSome();
            clock.set(Duration.ofHours(hours));
            run.mark();
            run.awaitRecovery();
        }
    }

    /** Restarts instances one at a time, each after the previous one has partitions again. */
    static void rollingRestart(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        for (int restart = 0; restart < FaultRun.rounds(4, 2); restart++) {
            run.awaitSome();
            run.terminate(restart % 2);
            run.mark();
            run.awaitRecovery();
            run.start(restart % 2);
            run.awaitAssigned(restart % 2);
        }
    }

    /** Three instances are started, stopped or killed in turn, every few seconds; a fourth one keeps running. */
    static void changeAssignment(FaultRun run) throws Exception {
        run.startAndAwait(0);
        Random random = run.random();
        for (int change = 0; change < FaultRun.rounds(10, 6); change++) {
            int number = 1 + change % 3;
            boolean killed = random.nextBoolean();
            if (!run.instances().contains(number)) {
                run.start(number);
                run.awaitAssigned(number);
            } else if (killed) {
                run.kill(number);
            } else {
                run.terminate(number);
            }
            run.awaitSome();
        }
        run.mark();
        run.awaitRecovery();
    }

    /** The classifier terminates its process, which is then restarted as a supervisor would do. */
    static void terminateInside(FaultRun run, Behaviour behaviour, int exitCode) throws Exception {
        List<FakeInstance.Options> victims = run.random()
                .ints(FaultRun.rounds(3, 1), 50, 250)
                .mapToObj(batches -> FakeInstance.Options.of(behaviour).endingAfter(batches))
                .toList();
        run.start(1, FakeInstance.Options.of(Behaviour.SOUND));
        for (FakeInstance.Options victim : victims) {
            run.start(0, victim);
            run.awaitEnd(0, exitCode);
            run.mark();
            run.awaitRecovery();
        }
    }
}
