package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.topology.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inflicts each fault on the pipeline with one guarantee and audits the outcomes. {@code -Pfaults} runs only these
 * suites; {@code -Pfull} inflicts each fault only once or twice and also runs other tests.
 */
@Tag("full")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class FaultSuite {
    static final long SEED = Long.getLong("faults.seed", System.currentTimeMillis() % 1_000_000);
    static final Pattern ONLY = Pattern.compile(System.getProperty("faults.only", ".*"));
    private static final Path FOLDER = Path.of("target", "faults");
    private static final int LEAST_EVENTS = 50_000;
    private static final int LEAST_KILLS = 18;
    /** Seconds from an instance's kill, or the broker's restart, to the first new label. */
    private static final double LONGEST_RECOVERY = 10;

    final FaultReport report;
    BrokerProcess broker;

    private final Guarantee guarantee;
    private SampleEvents samples;

    FaultSuite(Guarantee guarantee) {
        this.guarantee = guarantee;
        this.report = new FaultReport(SEED, guarantee);
    }

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

    /** In a brief run, faults of the classifier that end no process are inflicted with one guarantee only. */
    Stream<Fault> faults() {
        boolean all = guarantee == Guarantee.EXACTLY_ONCE_V2 || !FaultRun.isBrief();
        return Arrays.stream(Fault.values())
                .filter(fault -> all || !fault.endsNoProcess())
                .filter(fault -> ONLY.matcher(fault.name()).matches());
    }

    @Order(1)
    @ParameterizedTest(allowZeroInvocations = true) // faults.only may select none of them
    @MethodSource("faults")
    void nothingIsLost(Fault fault) throws Exception {
        if (fault == Fault.FULL_DISK) {
            onSmallDisk(fault);
        } else {
            inflict(fault, broker);
        }
    }

    private void onSmallDisk(Fault fault) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(Files.createTempDirectory(FOLDER, "disk"))) {
            if (disk == null) {
                String reason = "skipped: a file system of fixed size can't be mounted here";
                System.out.println(reason);
                Assumptions.abort(reason);
            }
            try (BrokerProcess own = BrokerProcess.on(disk)) {
                inflict(fault, own);
            }
        }
    }

    private void inflict(Fault fault, BrokerProcess on) throws Exception {
        String name =
                fault.name().toLowerCase(Locale.ROOT) + "-" + guarantee.name().toLowerCase(Locale.ROOT);
        Random random = new Random(SEED + name.hashCode());
        EventSupply supply = fault.options() == null
                ? samples
                : new TestEvents(fault.options().behaviour());
        if (fault == Fault.POISON_EVENTS) {
            supply = new PoisonEvents(supply, random);
        }
        try (FaultRun run = new FaultRun(name, guarantee, on, supply, fault.options(), random)) {
            if (fault == Fault.POISON_EVENTS) {
                run.setOutputs(PoisonEvents.SETTINGS);
            }
            FaultRow row = inflict(fault, run);
            report.add(fault, row);
            row.assertPromise(fault != Fault.POISON_EVENTS);
        }
    }

    private static FaultRow inflict(Fault fault, FaultRun run) throws Exception {
        try {
            fault.inflictOn(run);
            return run.finish(true);
        } catch (Exception | AssertionError e) {
            System.out.println(run.describe());
            throw e;
        }
    }

    /** All events are deleted while no instance runs. Those that were not processed are a gap; nothing else is lost. */
    @Order(2)
    @Test
    void eventsDeletedUnreadAreReported() throws Exception {
        String name = "deleted-unread-" + guarantee.name().toLowerCase(Locale.ROOT);
        Assumptions.assumeTrue(ONLY.matcher("DELETED_UNREAD").matches());
        Random random = new Random(SEED + name.hashCode());
        FakeInstance.Options sound = FakeInstance.Options.of(Behaviour.SOUND);
        try (FaultRun run = new FaultRun(name, guarantee, broker, new TestEvents(sound.behaviour()), sound, random)) {
            run.startAndAwait(0);
            run.awaitSome();
            // A partition without a committed offset has no gap: its first event is where it begins.
            run.awaitEach();
            run.terminate(0);
            run.awaitSent(run.sent() + 1_000);
            long deleted = run.deleteAll();
            run.mark();
            run.start(0);
            run.awaitRecovery();
            Audit audit = run.finishAndAudit();
            System.out.printf(
                    Locale.ROOT,
                    "deleted unread, %s: %d of %d in %d gaps; %d lost, %d duplicates%n",
                    guarantee.property(),
                    audit.deletedUnread(),
                    deleted,
                    audit.gaps(),
                    audit.lost(),
                    audit.duplicates());
            assertThat(deleted).isPositive();
            assertThat(audit.deletedUnread()).as(audit.toString()).isEqualTo((int) deleted);
            assertThat(audit.gaps()).isEqualTo(FaultRun.PARTITIONS);
            assertThat(audit.lost() + audit.duplicates() + audit.outOfOrder() + audit.ghosts() + audit.mislabelled())
                    .as(audit.toString())
                    .isZero();
            assertThat(audit.exitCode()).isEqualTo(1);
        }
    }

    @Order(4)
    @Test
    @Tag("long") // A brief run has fewer events.
    void theRunWasLargeEnough() {
        Assumptions.assumeTrue(System.getProperty("faults.only") == null, "only some faults were run");
        assertThat(report.events()).isGreaterThanOrEqualTo(LEAST_EVENTS);
        assertThat(report.kills()).isGreaterThanOrEqualTo(LEAST_KILLS);
    }

    @Order(5)
    @ParameterizedTest
    @Tag("long") // Recovery times need an idle machine.
    @EnumSource(names = {"KILL_ONE", "KILL_BROKER"})
    void newLabelsComeSoon(Fault fault) {
        Assumptions.assumeTrue(ONLY.matcher(fault.name()).matches());
        assertThat(report.medianRecovery(fault)).as("median seconds").isLessThan(LONGEST_RECOVERY);
    }
}
