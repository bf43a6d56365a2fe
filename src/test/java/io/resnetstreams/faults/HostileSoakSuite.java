package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code run} with two and four stream threads, both guarantees, 15 % hostile events, and {@code kill -9} of instances
 * and of the broker. In total 60,000 events ({@code -Dsoak.events=N} sets another number), counted by
 * {@link IndependentCount}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileSoakSuite {
    private static final long SEED = Long.getLong("faults.seed", System.currentTimeMillis() % 1_000_000);
    private static final Path FOLDER = Path.of("target", "faults");
    private static final int EVENTS_EACH = Integer.getInteger("soak.events", 60_000) / 4;
    private static final int ROUNDS = 4;

    private BrokerProcess broker;
    private SampleEvents samples;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        System.out.println("seed " + SEED + "; to repeat: -Dfaults.seed=" + SEED);
        Files.createDirectories(FOLDER);
        samples = new SampleEvents();
        broker = BrokerProcess.in(Files.createTempDirectory(FOLDER, "broker"));
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"EXACTLY_ONCE_V2, 2", "EXACTLY_ONCE_V2, 4", "AT_LEAST_ONCE, 2", "AT_LEAST_ONCE, 4"})
    void eachEventHasItsOutcome(Guarantee guarantee, int streamThreads) throws Exception {
        String name = "soak-" + guarantee.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + streamThreads;
        Random random = new Random(SEED + name.hashCode());
        EventSupply supply = new PoisonEvents(samples, random);
        try (FaultRun run =
                new FaultRun(name, guarantee, broker, supply, null, random).withStreamThreads(streamThreads)) {
            run.setOutputs(PoisonEvents.SETTINGS);
            run.startAndAwait(0, 1);
            for (int round = 0; round < ROUNDS; round++) {
                run.awaitSome();
                if (round % 2 == 0) {
                    int victim = random.nextInt(2);
                    run.kill(victim);
                    run.mark();
                    run.awaitRecovery();
                    run.start(victim);
                } else {
                    run.killBroker();
                    run.mark();
                    run.awaitRecovery();
                }
            }
            run.awaitSent(EVENTS_EACH);
            IndependentCount count = run.finishAndCount();
            Set<String> unmarked = run.unmarked();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d threads | %,d events | %d killed | %d lost | %d duplicates | %d out of order | %d ghosts | %d"
                            + " by the broker |%n",
                    guarantee.property(),
                    streamThreads,
                    count.events(),
                    run.kills(),
                    count.lost().size(),
                    count.duplicates().size(),
                    count.outOfOrder(),
                    count.ghosts(),
                    unmarked.size());
            assertThat(without(count.lost(), unmarked))
                    .as("lost, seed %d", SEED)
                    .isEmpty();
            assertThat(count.ghosts()).as("ghosts, seed %d", SEED).isZero();
            if (guarantee == Guarantee.EXACTLY_ONCE_V2) {
                assertThat(without(count.duplicates(), unmarked))
                        .as("duplicates, seed %d", SEED)
                        .isEmpty();
                if (count.duplicates().isEmpty()) {
                    assertThat(count.outOfOrder())
                            .as("out of order, seed %d", SEED)
                            .isZero();
                }
            }
        }
    }

    private static Set<String> without(Set<String> positions, Set<String> others) {
        Set<String> rest = new TreeSet<>(positions);
        rest.removeAll(others);
        return rest;
    }
}
