package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.model.network.EngineName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Instances with each engine get SIGTERM or SIGKILL while events wait and labels are committed. Each exits with the code of its
 * signal, Java never crashes, and in the end each event has one label.
 */
@Tag("full") // TerminationIT and CrashIT send a few signals.
class SignalsUnderLoadIT {
    /** The number of signals of each kind for each engine; -Dsignals=20 takes eight minutes beside other tests. */
    private static final int OF_EACH = Integer.getInteger("signals", 12);

    private static final long SEED = Long.getLong("seed", 1);
    private static final int BACKLOG = 2_000;
    /** The longest time between the first labels of an instance and its signal, in labels. */
    private static final int MOST_LABELS = 300;

    private static final Duration LONGEST = Duration.ofSeconds(180);
    private static final int KILLED = 137;
    /** A killed instance and its transaction hold up the next one; the defaults are twice as long. */
    private static final int DEAD_MILLIS = 3_000;

    private static final String[] SETTINGS = {
        "guarantee=exactly_once_v2",
        "kafka.main.consumer.session.timeout.ms=" + DEAD_MILLIS,
        "kafka.main.consumer.heartbeat.interval.ms=500",
        "kafka.producer.transaction.timeout.ms=" + DEAD_MILLIS
    };

    @Test
    void noEventIsLostOrLabelledTwiceAndJavaNeverCrashes() throws Exception {
        // Each engine has a broker and a thread, so two instances run at once.
        ExecutorService threads = Executors.newFixedThreadPool(EngineName.values().length);
        try {
            List<Future<?>> engines = new ArrayList<>();
            for (EngineName engine : EngineName.values()) {
                engines.add(threads.submit(() -> {
                    signal(engine);
                    return null;
                }));
            }
            for (Future<?> engine : engines) {
                engine.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void signal(EngineName engine) throws Exception {
        Random random = new Random(SEED + engine.ordinal());
        List<Boolean> kills = new ArrayList<>(Collections.nCopies(OF_EACH, true));
        kills.addAll(Collections.nCopies(OF_EACH, false));
        Collections.shuffle(kills, random);
        try (TestCluster cluster =
                        TestCluster.start(Map.of("group.min.session.timeout.ms", Integer.toString(DEAD_MILLIS)));
                Backlog backlog = new Backlog(cluster)) {
            int underLoad = 0;
            for (boolean kill : kills) {
                backlog.fill();
                long wanted = backlog.outcomes() + 1 + random.nextInt(MOST_LABELS);
                InstanceProcess instance = start(cluster, engine);
                backlog.await(wanted, instance);
                underLoad += backlog.waiting() > 0 ? 1 : 0;
                int exit = kill ? instance.kill() : instance.terminate();
                assertThat(exit).as(instance::log).isEqualTo(kill ? KILLED : 0);
                assertThat(instance.crash()).isEmpty();
            }
            InstanceProcess last = start(cluster, engine);
            backlog.await(backlog.sent, last);
            assertThat(last.terminate()).as(last::log).isZero();
            OutcomeFollower.Snapshot outcomes = backlog.finish();
            System.out.printf(
                    "%s: %d times SIGKILL and SIGTERM, %d of them while events waited, seed %d: %s%n",
                    engine.title(), OF_EACH, underLoad, SEED, outcomes);
            assertThat(underLoad).isGreaterThan(OF_EACH);
            assertThat(outcomes.events()).isEqualTo(backlog.sent);
            assertThat(outcomes.labels()).isEqualTo(backlog.sent);
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
        }
    }

    private static InstanceProcess start(TestCluster cluster, EngineName engine) {
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        settings.add("engine=" + engine);
        return cluster.run(settings.toArray(String[]::new));
    }

    /** Events that wait for a label. */
    private static final class Backlog implements AutoCloseable {
        private final TestCluster cluster;
        private final OutcomeFollower follower;
        private final Producer<byte[], byte[]> producer;
        private final EventSource source =
                EventSource.of(List.of(TestCluster.SAMPLES)).kept();
        private Iterator<EventSource.SourceEvent> events = source.iterator();
        private int sent;

        Backlog(TestCluster cluster) {
            this.cluster = cluster;
            this.follower = cluster.follow(Map.of());
            this.producer = cluster.clients().producer();
        }

        long outcomes() {
            return follower.snapshot().outcomes();
        }

        long waiting() {
            return sent - outcomes();
        }

        /** Sends events until as many wait as before the first signal. */
        void fill() throws InterruptedException {
            EventSender sender = new EventSender(
                    producer,
                    cluster.configuration().topics().input(),
                    0,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            for (long missing = BACKLOG - waiting(); missing > 0; missing--) {
                if (!events.hasNext()) {
                    events = source.iterator();
                }
                sender.send(events.next());
                sent++;
            }
            assertThat(sender.finish().failed()).isZero();
        }

        void await(long wanted, InstanceProcess instance) {
            Awaitility.await()
                    .atMost(LONGEST)
                    .failFast("the instance has exited", () -> !instance.isAlive())
                    .until(() -> outcomes() >= wanted);
        }

        OutcomeFollower.Snapshot finish() throws InterruptedException {
            cluster.awaitNoOpenTransaction();
            follower.finish();
            return follower.snapshot();
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
