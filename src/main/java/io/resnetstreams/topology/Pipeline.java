package io.resnetstreams.topology;

import io.resnetstreams.common.RepeatingTask;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running instance of the topology, from start to close.
 *
 * <p>Threading: started and closed by its owner; Kafka Streams' threads do the rest. {@link #close} commits what is
 * complete, leaves the group, and drops what is still in flight: it lies above the committed offset, and whoever owns
 * the partition next does it again.
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);
    private static final Duration CLOCK_INTERVAL = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private final InFlightBudget budget;
    private final CommitFrontier frontier;
    private final Duration shutdownTimeout;
    private final OutputTopics outputs;
    private final TopicWatch watch;
    private final Admin watchAdmin;
    private final Topics topics;
    /** Null before the start. */
    private RepeatingTask topicWatch;

    /** Null before the start. */
    private RepeatingTask clockWatch;

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ThreadFailures failures = new ThreadFailures(System::nanoTime);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private Pipeline(
            PipelineSettings settings,
            OutputTopics outputs,
            KafkaStreams streams,
            Admin watchAdmin,
            InFlightBudget budget,
            CommitFrontier frontier) {
        this.streams = streams;
        this.budget = budget;
        this.frontier = frontier;
        this.shutdownTimeout = settings.shutdownTimeout();
        this.topics = settings.topics();
        this.outputs = outputs;
        this.watchAdmin = watchAdmin;
        this.watch = new TopicWatch(watchAdmin, settings.applicationId(), outputs, this::end, System::nanoTime);
        streams.setStateListener(this::onState);
        streams.setUncaughtExceptionHandler(this::onUncaught);
    }

    /** Makes a pipeline that keeps the commit frontier; nothing runs until {@link #start}. */
    public static Pipeline create(PipelineSettings settings, EventClassifier classifier, TopologyMetrics metrics) {
        return create(settings, classifier, metrics, Replay.NONE);
    }

    /** The same for a bounded replay. It does not end by itself: its owner sees in the committed offsets when it is done. */
    public static Pipeline create(
            PipelineSettings settings, EventClassifier classifier, TopologyMetrics metrics, Replay replay) {
        InFlightBudget budget = new InFlightBudget(settings.inFlight());
        CommitFrontier frontier = new CommitFrontier(budget);
        OutputTopics outputs = outputs(settings);
        return create(
                settings,
                outputs,
                ClassifyTopology.build(outputs, classifier, frontier, metrics, replay),
                budget,
                frontier,
                new FrontierClientSupplier(
                        frontier,
                        budget,
                        metrics,
                        replay,
                        outputs,
                        settings.onGap(),
                        StreamsProperties.maxPollBytes(settings.inFlight())));
    }

    /** Returns the output topics of a pipeline with these settings, of which nothing is known yet. */
    static OutputTopics outputs(PipelineSettings settings) {
        return new OutputTopics(settings.topics(), StreamsProperties.maxRequestBytes(StreamsProperties.of(settings)));
    }

    /** The same with clients given, for tests that show what is lost without the frontier. */
    static Pipeline create(
            PipelineSettings settings,
            EventClassifier classifier,
            TopologyMetrics metrics,
            InFlightBudget budget,
            CommitFrontier frontier,
            KafkaClientSupplier clients) {
        OutputTopics outputs = outputs(settings);
        return create(
                settings,
                outputs,
                ClassifyTopology.build(outputs, classifier, frontier, metrics, Replay.NONE),
                budget,
                frontier,
                clients);
    }

    /** The same with a topology given, for tests of one that differs. */
    static Pipeline create(
            PipelineSettings settings,
            OutputTopics outputs,
            Topology topology,
            InFlightBudget budget,
            CommitFrontier frontier,
            KafkaClientSupplier clients) {
        Properties properties = StreamsProperties.of(settings);
        KafkaStreams streams = new KafkaStreams(
                topology, properties, clients, new SteadyTime(System.currentTimeMillis(), System::nanoTime));
        Admin watchAdmin = clients.getAdmin(
                new StreamsConfig(properties).getAdminConfigs(settings.applicationId() + "-topic-watch"));
        return new Pipeline(settings, outputs, streams, watchAdmin, budget, frontier);
    }

    /**
     * Looks at the topics, so that no outcome is written that they refuse, and begins to consume. While other consumers use the
     * group for something else it does not join, since it would be given partitions that it does not work on.
     */
    public void start() {
        lookFirst();
        clockWatch = RepeatingTask.start("clock-watch", CLOCK_INTERVAL, CLOCK_INTERVAL, frontier::lookAtClock);
        join();
        topicWatch = RepeatingTask.start("topic-watch", WATCH_INTERVAL, WATCH_INTERVAL, () -> {
            watch.look();
            join();
        });
    }

    private void join() {
        if (streams.state() == KafkaStreams.State.CREATED
                && watch.groupTrouble().isEmpty()) {
            streams.start();
        }
    }

    /** Else outcomes of the first seconds could only be held against what the producer sends. */
    private void lookFirst() {
        try {
            watch.look();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The topics can't be looked at: {}", e.toString(), e);
        }
    }

    private void end(RuntimeException reason) {
        if (failure.compareAndSet(null, reason)) {
            Thread closing = new Thread(this::close, "pipeline-end");
            closing.setDaemon(true);
            closing.start();
        }
    }

    /**
     * Returns why this instance can't do its work although it runs, as a sentence without its end: topics that are missing,
     * a group that others use; nothing where it can. It is looked at every few seconds. Any thread may ask.
     */
    public Optional<String> trouble() {
        return watch.trouble();
    }

    /** Waits until partitions are assigned and events flow; false when the time is up or the pipeline has ended. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && ended.getCount() > 0;
    }

    /** Waits until the pipeline has ended, by {@link #close} or by a failure. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Returns why the pipeline ended by itself, or null. */
    public Throwable failure() {
        return failure.get();
    }

    /** Returns what is consumed and not yet forwarded at this moment. */
    public InFlightBudget inFlight() {
        return budget;
    }

    /** Returns the state of Kafka Streams. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Returns the partitions of the input topic that this instance works on at this moment. */
    public Set<Integer> ownPartitions() {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .flatMap(task -> task.topicPartitions().stream())
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    /**
     * Returns the timestamp of the oldest event in flight, in milliseconds since the epoch, by partition; none for partitions
     * without any.
     */
    public Map<Integer, Long> oldestInFlight() {
        return frontier.oldestInFlight().entrySet().stream()
                .collect(Collectors.toMap(oldest -> oldest.getKey().partition(), Map.Entry::getValue));
    }

    /** Returns the metrics of Kafka Streams and all its clients. */
    public Map<MetricName, ? extends Metric> kafkaMetrics() {
        return streams.metrics();
    }

    private void onState(KafkaStreams.State newState, KafkaStreams.State oldState) {
        LOG.info("Kafka Streams: {} -> {}", oldState, newState);
        if (newState == KafkaStreams.State.RUNNING) {
            running.countDown();
        }
        if (Set.of(KafkaStreams.State.NOT_RUNNING, KafkaStreams.State.ERROR).contains(newState)) {
            ended.countDown();
            running.countDown();
        }
    }

    private StreamThreadExceptionResponse onUncaught(Throwable thrown) {
        OutcomeRefusedException refusal = outputs.finalRefusal();
        Throwable exception = refusal == null ? thrown : refusal;
        if (failures.mayPass(exception)) {
            LOG.warn("A stream thread is replaced: {}", exception.toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        failure.compareAndSet(
                null,
                exception instanceof MissingSourceTopicException
                        ? new MissingTopicException("topic '" + topics.input() + "' does not exist any more", exception)
                        : exception);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    @Override
    public void close() {
        if (clockWatch != null) {
            clockWatch.close();
            topicWatch.close();
        }
        boolean clean = streams.close(CloseOptions.timeout(shutdownTimeout)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!clean) {
            LOG.warn("Kafka Streams did not close within {} ms", shutdownTimeout.toMillis());
        }
        watchAdmin.close(Duration.ZERO);
        ended.countDown();
    }
}
