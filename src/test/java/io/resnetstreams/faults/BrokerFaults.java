package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;

/** Faults of the broker and of the connections to it. */
final class BrokerFaults {
    private static final int LEAST_BYTES_PER_SECOND = 60_000;

    /** Logged by Kafka Streams. */
    private static final String SEND_FAILED = "Error encountered sending record";
    /** Several times the producer's timeout. */
    private static final Duration LONGEST_FAILURE = Duration.ofSeconds(15);

    private BrokerFaults() {}

    /** Kills the broker in the middle of batches. Recovery is measured from when it accepts clients again. */
    static void kill(FaultRun run) throws Exception {
        run.startAndAwait(0, 1);
        for (int kill = 0; kill < FaultRun.rounds(4, 1); kill++) {
            run.awaitSome();
            run.killBroker();
            run.mark();
            run.awaitRecovery();
        }
    }

    /** Slows down the connections of both instances for a while. */
    static void slowConnection(FaultRun run) throws Exception {
        run.startProxied(0);
        run.startProxied(1);
        run.awaitAssigned(0);
        run.awaitAssigned(1);
        Random random = run.random();
        for (int round = 0; round < FaultRun.rounds(3, 1); round++) {
            run.awaitSome();
            run.broker().proxy().slow(50 + random.nextInt(250), LEAST_BYTES_PER_SECOND + random.nextInt(200_000));
            run.awaitSome();
            run.broker().proxy().set(TcpProxy.Mode.OPEN);
            run.mark();
            run.awaitRecovery();
        }
    }

    /**
     * Cuts an instance's connection briefly, then silences it, then cuts it until the other instance has taken over.
     */
    static void cutConnection(FaultRun run) throws Exception {
        run.start(0);
        run.startProxied(1);
        run.awaitAssigned(0);
        run.awaitAssigned(1);
        run.awaitSome();
        run.broker().proxy().set(TcpProxy.Mode.CUT);
        run.broker().proxy().set(TcpProxy.Mode.OPEN);
        run.mark();
        run.awaitRecovery();
        for (TcpProxy.Mode mode : new TcpProxy.Mode[] {TcpProxy.Mode.SILENT, TcpProxy.Mode.CUT}) {
            run.awaitAssigned(1);
            run.awaitSome();
            run.broker().proxy().set(mode);
            run.mark();
            run.awaitRemoved(1);
            run.awaitRecovery();
            run.broker().proxy().set(TcpProxy.Mode.OPEN);
        }
        run.awaitAssigned(1);
    }

    /** Sends for several partitions fail at once, while the instance keeps its partitions. */
    static void unsentOutcomes(FaultRun run) throws Exception {
        run.startCommandProxied(
                0,
                "kafka.producer.request.timeout.ms=1000",
                "kafka.producer.delivery.timeout.ms=1500",
                "kafka.main.consumer.session.timeout.ms=30000");
        run.awaitAssigned(0);
        run.awaitSome();
        run.broker().proxy().set(TcpProxy.Mode.SILENT);
        boolean hasFailed = run.instance(0).isLogged(SEND_FAILED, LONGEST_FAILURE);
        for (int attempt = 0; !hasFailed && attempt < 10; attempt++) {
            // A commit that waits for the broker had sent all outcomes before; another moment is needed.
            run.broker().proxy().set(TcpProxy.Mode.OPEN);
            run.awaitSome();
            run.broker().proxy().set(TcpProxy.Mode.SILENT);
            hasFailed = run.instance(0).isLogged(SEND_FAILED, LONGEST_FAILURE);
        }
        assertThat(hasFailed).isTrue();
        run.broker().proxy().set(TcpProxy.Mode.OPEN);
        run.mark();
        run.awaitRecovery();
        run.awaitSome();
    }

    /**
     * The broker exits when its disk is full; it is started again when there is space. An instance may have met more errors
     * of the failing broker than it retries.
     */
    static void fullDisk(FaultRun run) throws Exception {
        run.supervise();
        run.startAndAwait(0, 1);
        for (int round = 0; round < FaultRun.rounds(2, 1); round++) {
            run.awaitSome();
            run.broker().disk().fill();
            run.broker().awaitEnd();
            run.otherExit();
            run.broker().disk().empty();
            run.broker().start();
            run.mark();
            run.awaitRecovery();
        }
    }
}
