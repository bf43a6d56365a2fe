package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.InstanceProcess;
import io.resnetstreams.clock.SettableClock;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A pipeline's instances with topics of their own and a continuous stream of events, while a fault is inflicted.
 *
 * <p>Threading: used by the test's thread.
 */
final class FaultRun implements AutoCloseable {
    static final int PARTITIONS = 6;
    static final Set<Integer> ALL_PARTITIONS =
            IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toSet());

    private static final EngineName[] ENGINES = EngineName.values();
    private static final int EVENTS_PER_SECOND = 200;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);
    private static final int LAST_LINES = 30;
    private static final boolean BRIEF = Boolean.getBoolean("faults.brief");

    private final String name;
    private final Guarantee guarantee;
    private final BrokerProcess broker;
    private final FakeInstance.Options options;
    private final Random random;
    private final Topics topics;
    private final RunCluster cluster;
    private final EventSupply supply;
    private final EventStream stream;
    private final OutcomeWatch watch;
    private final Map<Integer, InstanceProcess> instances = new TreeMap<>();
    private final List<OutcomeWatch.Recovery> recoveries = new ArrayList<>();
    private final Map<Integer, Supplier<InstanceProcess>> starts = new TreeMap<>();
    private boolean supervised;
    private int streamThreads = 1;
    private int kills;
    private int otherExits;

    /**
     * Creates the topics and starts to send events.
     *
     * @param name prefix of the topics, and name of the group
     * @param options of the instances; null for the {@code run} command with the bundled model
     */
    FaultRun(
            String name,
            Guarantee guarantee,
            BrokerProcess broker,
            EventSupply supply,
            FakeInstance.Options options,
            Random random)
            throws Exception {
        this.name = name;
        this.guarantee = guarantee;
        this.broker = broker;
        this.supply = supply;
        this.options = options;
        this.random = random;
        this.topics = new Topics(name + "-events", name + "-labels", name + "-dead-letters");
        this.cluster = new RunCluster(broker.bootstrap(), name, topics);
        cluster.createTopics(PARTITIONS);
        this.watch = new OutcomeWatch(
                broker.bootstrap(), List.of(topics.labels(), topics.deadLetters()), PARTITIONS, this::check);
        this.stream = new EventStream(broker.bootstrap(), topics.input(), PARTITIONS, supply, EVENTS_PER_SECOND);
    }

    /**
     * Returns how often a fault is repeated: {@code whole} times, or {@code least} times with
     * {@code -Dfaults.brief=true}.
     */
    static int rounds(int whole, int least) {
        return BRIEF ? least : whole;
    }

    static boolean isBrief() {
        return BRIEF;
    }

    Random random() {
        return random;
    }

    BrokerProcess broker() {
        return broker;
    }

    RunCluster cluster() {
        return cluster;
    }

    OutcomeWatch watch() {
        return watch;
    }

    /** Sets the number of stream threads of instances of the {@code run} command that are started later. */
    FaultRun withStreamThreads(int threads) {
        streamThreads = threads;
        return this;
    }

    /** Starts instances and waits until all of them have partitions. */
    void startAndAwait(int... numbers) {
        for (int number : numbers) {
            start(number);
        }
        for (int number : numbers) {
            instances.get(number).awaitRunning();
        }
    }

    /** Starts an instance. */
    void start(int number) {
        start(number, broker.bootstrap(), options);
    }

    /** Starts an instance, connected through the proxy. */
    void startProxied(int number) {
        start(number, broker.proxiedBootstrap(), options);
    }

    /** Starts an instance of the {@code run} command with further settings, connected through the proxy. */
    void startCommandProxied(int number, String... settings) {
        start(number, () -> command(number, broker.proxiedBootstrap(), Map.of(), settings));
    }

    /** Starts an instance of the {@code run} command with a wall clock that can be set. */
    SettableClock startWithSettableClock(int number) throws IOException {
        SettableClock clock = new SettableClock(Path.of("target", "faults", name + "-clock"));
        start(number, () -> command(number, broker.bootstrap(), clock.environment()));
        return clock;
    }

    /** Starts an instance with options of its own. */
    void start(int number, FakeInstance.Options own) {
        start(number, broker.bootstrap(), own);
    }

    private void start(int number, String bootstrap, FakeInstance.Options own) {
        start(
                number,
                () -> own == null
                        ? command(number, bootstrap, Map.of())
                        : InstanceProcess.main(
                                FakeInstance.class,
                                FakeInstance.arguments(bootstrap, name, clientId(number), topics, guarantee, own)
                                        .toArray(String[]::new)));
    }

    private void start(int number, Supplier<InstanceProcess> start) {
        starts.put(number, start);
        instances.put(number, start.get());
    }

    /** From now on, an instance that fails is restarted, as a supervisor does; otherwise it fails the test. */
    void supervise() {
        supervised = true;
    }

    /** Checks the instances and the events while a test waits for outcomes. */
    private void check() {
        stream.check();
        for (Map.Entry<Integer, InstanceProcess> entry : instances.entrySet()) {
            InstanceProcess instance = entry.getValue();
            if (!instance.isAlive()) {
                assertThat(supervised)
                        .as("instance %d exited: %s", entry.getKey(), instance.log())
                        .isTrue();
                entry.setValue(starts.get(entry.getKey()).get());
                otherExits++;
            }
        }
    }

    /** Returns what a failed run needs to be understood: the offsets, and the ends of all logs. */
    String describe() {
        StringBuilder text = new StringBuilder(name + ": " + sent() + " events sent, " + watch.count()
                + " outcomes read, since the mark on partitions "
                + watch.recovered().keySet() + '\n');
        text.append(cluster.describe());
        instances.forEach((number, instance) -> text.append(
                "instance " + number + ", alive: " + instance.isAlive() + '\n' + lastLines(instance.log())));
        return text.append("broker\n").append(lastLines(broker.log())).toString();
    }

    private static String lastLines(String log) {
        List<String> lines = log.lines().toList();
        return lines.stream()
                .skip(Math.max(0, lines.size() - LAST_LINES))
                .collect(Collectors.joining("\n    ", "    ", "\n"));
    }

    /** Starts the {@code run} command. Neighbours have different engines, and so has an instance with the other guarantee. */
    private InstanceProcess command(
            int number, String bootstrap, Map<String, String> environment, String... furtherSettings) {
        List<String> settings = new ArrayList<>(List.of(
                "applicationId=" + name,
                "topics.input=" + topics.input(),
                "topics.labels=" + topics.labels(),
                "topics.deadLetters=" + topics.deadLetters(),
                "guarantee=" + guarantee.property(),
                "streamThreads=" + streamThreads,
                "engine=" + ENGINES[(number + guarantee.ordinal()) % ENGINES.length],
                "kafka.client.id=" + clientId(number)));
        settings.addAll(List.of(furtherSettings));
        return InstanceProcess.run(environment, bootstrap, settings.toArray(String[]::new));
    }

    /** Returns the prefix of an instance's client ids, which identifies its members of the group. */
    private static String clientId(int number) {
        return "instance-" + number + "-";
    }

    InstanceProcess instance(int number) {
        return instances.get(number);
    }

    Set<Integer> instances() {
        return instances.keySet();
    }

    /** Returns the partitions that an instance has. */
    Collection<Integer> partitionsOf(int number) throws Exception {
        return cluster.partitionsOf(clientId(number));
    }

    /** Waits until the broker has removed an instance from the group. */
    void awaitRemoved(int number) {
        await("session timeout").atMost(LONGEST_WAIT).until(() -> !cluster.isMember(clientId(number)));
    }

    /** Waits until an instance has partitions. */
    void awaitAssigned(int number) {
        await("partitions of instance " + number)
                .atMost(LONGEST_WAIT)
                .failFast(() -> !instances.get(number).isAlive())
                .until(() -> !partitionsOf(number).isEmpty());
    }

    /** Kills an instance with SIGKILL. */
    void kill(int number) throws InterruptedException {
        instances.remove(number).kill();
        kills++;
    }

    /** Kills the broker with SIGKILL and restarts it. */
    void killBroker() throws InterruptedException {
        broker.kill();
        kills++;
        broker.start();
    }

    /** Stops an instance with SIGTERM; its exit code must be 0. */
    void terminate(int number) throws InterruptedException {
        InstanceProcess instance = instances.remove(number);
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    /** Waits until an instance exits by itself. */
    void awaitEnd(int number, int exitCode) throws InterruptedException {
        InstanceProcess instance = instances.remove(number);
        assertThat(instance.awaitEnd(LONGEST_WAIT)).as(instance::log).isEqualTo(exitCode);
        otherExits++;
    }

    /** Counts a process that exited by itself and is not an instance. */
    void otherExit() {
        otherExits++;
    }

    /** Starts to measure the time to the next new outcomes. */
    void mark() throws Exception {
        watch.mark(System.nanoTime(), cluster.outputEnds());
    }

    /** Waits until each partition has outcomes written after the mark, and records the time. */
    void awaitRecovery() {
        awaitRecovery(ALL_PARTITIONS);
    }

    /** Waits until some partitions have outcomes written after the mark, and records the time. */
    void awaitRecovery(Collection<Integer> partitions) {
        recoveries.add(watch.awaitRecovery(partitions));
    }

    List<OutcomeWatch.Recovery> recoveries() {
        return recoveries;
    }

    /** Waits for a random number of further outcomes. */
    void awaitSome() {
        watch.awaitMore(300 + random.nextInt(700));
    }

    /** Waits until each partition has an outcome. */
    void awaitEach() {
        watch.awaitEach(ALL_PARTITIONS);
    }

    /** Changes the settings of both output topics. */
    void setOutputs(Map<String, String> settings) throws Exception {
        cluster.set(topics.labels(), settings);
        cluster.set(topics.deadLetters(), settings);
    }

    /** Waits until this many events have been sent. */
    void awaitSent(int events) {
        await("events").atMost(LONGEST_WAIT).until(() -> stream.acknowledged() >= events);
    }

    /**
     * Stops sending, waits until all events are processed, stops the instances and counts the outcomes independently.
     */
    IndependentCount finishAndCount() throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        cluster.awaitNoLag(this::check);
        for (int number : List.copyOf(instances.keySet())) {
            terminate(number);
        }
        cluster.awaitNoOpenTransaction();
        IndependentCount count = IndependentCount.of(
                broker.bootstrap(), topics.input(), topics.labels(), topics.deadLetters(), record -> true);
        assertThat(count.events()).as("events on the topic").isEqualTo(sent);
        return count;
    }

    /** Returns the events whose outcomes the broker itself may have lost or duplicated. */
    Set<String> unmarked() throws IOException {
        return UnmarkedTransactions.find(broker.data(), topics);
    }

    int kills() {
        return kills;
    }

    /**
     * Deletes all events on the topic; no instance may be running.
     *
     * @return how many of them had not been processed
     */
    long deleteAll() throws Exception {
        return cluster.deleteAll();
    }

    /** Does the same as {@link #finish}, for a topic from which events were deleted. */
    Audit finishAndAudit() throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        cluster.awaitNoLag(this::check);
        return audit(sent);
    }

    private Audit audit(int sent) throws Exception {
        for (int number : List.copyOf(instances.keySet())) {
            terminate(number);
        }
        cluster.awaitNoOpenTransaction();
        Path expected = Path.of("target", "faults", name + "-expected");
        supply.writeExpected(expected, sent);
        return Audit.of(broker.bootstrap(), name, topics, expected);
    }

    int sent() {
        return stream.acknowledged();
    }

    /**
     * Stops sending, waits until all events are processed, stops the instances and audits the topics.
     *
     * @param complete whether each event gets an outcome; if not, the run ends when no more outcomes come
     */
    FaultRow finish(boolean complete) throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        if (complete) {
            cluster.awaitNoLag(this::check);
        } else {
            cluster.awaitNoMoreOutcomes(watch);
        }
        Audit audit = audit(sent);
        assertThat(audit.events()).as("events on the topic").isEqualTo(sent);
        return new FaultRow(
                guarantee, kills, otherExits, audit, UnmarkedTransactions.find(broker.data(), topics), recoveries);
    }

    @Override
    public void close() {
        stream.close();
        instances.values().forEach(InstanceProcess::killIfAlive);
        watch.close();
        cluster.close();
    }
}
