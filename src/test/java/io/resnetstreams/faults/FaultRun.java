package io.resnetstreams.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.InstanceProcess;
import io.resnetstreams.clock.SettableClock;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Instances of a pipeline on topics of their own, and events that keep coming, while a fault is inflicted.
 *
 * <p>Threading: the test's.
 */
final class FaultRun implements AutoCloseable {
    static final int PARTITIONS = 6;
    static final Set<Integer> ALL_PARTITIONS =
            IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toSet());

    private static final int EVENTS_PER_SECOND = 200;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);
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
    private int streamThreads = 1;
    private int kills;
    private int otherDeaths;

    /**
     * Creates the topics and begins to send events.
     *
     * @param name begins the names of its topics and of its group
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
        this.watch = new OutcomeWatch(broker.bootstrap(), List.of(topics.labels(), topics.deadLetters()), PARTITIONS);
        this.stream = new EventStream(broker.bootstrap(), topics.input(), PARTITIONS, supply, EVENTS_PER_SECOND);
    }

    /** Returns how often a fault is repeated: {@code whole} times, {@code least} times with {@code -Dfaults.brief=true}. */
    static int rounds(int whole, int least) {
        return BRIEF ? least : whole;
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

    /** Instances of the {@code run} command have so many stream threads from now on. */
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
        instances.put(number, command(number, broker.proxiedBootstrap(), Map.of(), settings));
    }

    /** Starts an instance of the {@code run} command whose wall clock the returned one sets. */
    SettableClock startWithSettableClock(int number) throws IOException {
        SettableClock clock = new SettableClock(Path.of("target", "faults", name + "-clock"));
        instances.put(number, command(number, broker.bootstrap(), clock.environment()));
        return clock;
    }

    /** Starts an instance with options of its own. */
    void start(int number, FakeInstance.Options own) {
        start(number, broker.bootstrap(), own);
    }

    private void start(int number, String bootstrap, FakeInstance.Options own) {
        InstanceProcess instance = own == null
                ? command(number, bootstrap, Map.of())
                : InstanceProcess.main(
                        FakeInstance.class,
                        FakeInstance.arguments(bootstrap, name, clientId(number), topics, guarantee, own)
                                .toArray(String[]::new));
        instances.put(number, instance);
    }

    /** Starts the {@code run} command. */
    private InstanceProcess command(
            int number, String bootstrap, Map<String, String> environment, String... furtherSettings) {
        List<String> settings = new ArrayList<>(List.of(
                "applicationId=" + name,
                "topics.input=" + topics.input(),
                "topics.labels=" + topics.labels(),
                "topics.deadLetters=" + topics.deadLetters(),
                "guarantee=" + guarantee.property(),
                "streamThreads=" + streamThreads,
                "kafka.client.id=" + clientId(number)));
        settings.addAll(List.of(furtherSettings));
        return InstanceProcess.run(environment, bootstrap, settings.toArray(String[]::new));
    }

    /** A member of the group is told by the beginning of its client id. */
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

    /** Waits until the group has thrown an instance out. */
    void awaitThrownOut(int number) {
        await("the end of its session").atMost(LONGEST_WAIT).until(() -> !cluster.isMember(clientId(number)));
    }

    /** Waits until an instance has partitions. */
    void awaitAssigned(int number) {
        await("partitions of instance " + number)
                .atMost(LONGEST_WAIT)
                .failFast(() -> !instances.get(number).isAlive())
                .until(() -> !partitionsOf(number).isEmpty());
    }

    /** SIGKILL. */
    void kill(int number) throws InterruptedException {
        instances.remove(number).kill();
        kills++;
    }

    /** SIGKILL of the broker, and its restart. */
    void killBroker() throws InterruptedException {
        broker.kill();
        kills++;
        broker.start();
    }

    /** SIGTERM, which must end it with exit code 0. */
    void terminate(int number) throws InterruptedException {
        InstanceProcess instance = instances.remove(number);
        assertThat(instance.terminate()).as(instance::log).isZero();
    }

    /** Waits until an instance has ended by itself. */
    void awaitEnd(int number, int exitCode) throws InterruptedException {
        InstanceProcess instance = instances.remove(number);
        assertThat(instance.awaitEnd(LONGEST_WAIT)).as(instance::log).isEqualTo(exitCode);
        otherDeaths++;
    }

    /** A process that is not an instance ended by itself. */
    void otherDeath() {
        otherDeaths++;
    }

    /** From now on time is taken to the next new outcomes. */
    void mark() throws Exception {
        watch.mark(System.nanoTime(), cluster.outputEnds());
    }

    /** Waits until each partition has outcomes written after the mark, and notes how long that took. */
    void awaitRecovery() {
        awaitRecovery(ALL_PARTITIONS);
    }

    /** The same for some partitions. */
    void awaitRecovery(Collection<Integer> partitions) {
        recoveries.add(watch.awaitRecovery(partitions));
    }

    List<OutcomeWatch.Recovery> recoveries() {
        return recoveries;
    }

    /** Waits for a random number of outcomes more. */
    void awaitSome() {
        watch.awaitMore(300 + random.nextInt(700));
    }

    /** Changes the settings of both output topics. */
    void setOutputs(Map<String, String> settings) throws Exception {
        cluster.set(topics.labels(), settings);
        cluster.set(topics.deadLetters(), settings);
    }

    /** Waits for so many events that are sent. */
    void awaitSent(int events) {
        await("events").atMost(LONGEST_WAIT).until(() -> stream.acknowledged() >= events);
    }

    /** Stops the events, waits until nothing is left to do, and ends the instances; what came out is counted independently. */
    IndependentCount finishAndCount() throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        cluster.awaitNoLag();
        for (int number : List.copyOf(instances.keySet())) {
            terminate(number);
        }
        cluster.awaitNoOpenTransaction();
        IndependentCount count = IndependentCount.of(
                broker.bootstrap(), topics.input(), topics.labels(), topics.deadLetters(), record -> true);
        assertThat(count.events()).as("events on the topic").isEqualTo(sent);
        return count;
    }

    /** Returns the events that the broker itself may have lost or doubled. */
    Set<String> unmarked() throws IOException {
        return UnmarkedTransactions.find(broker.data(), topics);
    }

    int kills() {
        return kills;
    }

    /**
     * Deletes all events that are on the topic; to be called while no instance works.
     *
     * @return how many of them had not been processed
     */
    long deleteAll() throws Exception {
        return cluster.deleteAll();
    }

    /** As {@link #finish}, where some events are no longer on the topic. */
    Audit finishAndAudit() throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        cluster.awaitNoLag();
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

    /** Stops the events, waits until nothing is left to do, ends the instances and audits the topics. */
    FaultRow finish(boolean complete) throws Exception {
        instances.values().forEach(InstanceProcess::awaitRunning);
        int sent = stream.stop();
        if (complete) {
            cluster.awaitNoLag();
        } else {
            cluster.awaitStandstill(watch);
        }
        Audit audit = audit(sent);
        assertThat(audit.events()).as("events on the topic").isEqualTo(sent);
        return new FaultRow(
                guarantee, kills, otherDeaths, audit, UnmarkedTransactions.find(broker.data(), topics), recoveries);
    }

    @Override
    public void close() {
        stream.close();
        instances.values().forEach(InstanceProcess::killIfAlive);
        watch.close();
        cluster.close();
    }
}
