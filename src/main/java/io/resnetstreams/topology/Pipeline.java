package io.resnetstreams.topology;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.topology.TopicCheck.MissingTopicException;
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
 * <p>Threading: its owner starts and closes it; Kafka Streams' threads do the work. {@link #close} commits completed
 * events, leaves the group, and drops events in flight, which the next owner of the partition processes again.
 */
public final class Pipeline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);
    private static final Duration CLOCK_INTERVAL = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private final Parts parts;
    private final Duration shutdownTimeout;
    private final TopicWatch watch;
    private final Admin watchAdmin;
    /** Null before the start, as is {@link #clockWatch}. */
    private RepeatingTask topicWatch;

    private RepeatingTask clockWatch;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ThreadFailures failures = new ThreadFailures(System::nanoTime);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What the topology and the Kafka clients of a pipeline share. */
    record Parts(
            OutputTopics outputs,
            CommitFrontier frontier,
            StreamThreadPolls polls,
            TopologyMetrics metrics,
            Replay replay) {
        static Parts of(PipelineSettings settings, TopologyMetrics metrics, Replay replay) {
            Properties properties = StreamsProperties.of(settings);
            return new Parts(
                    new OutputTopics(settings.topics(), StreamsProperties.maxRequestBytes(properties)),
                    new CommitFrontier(new InFlightBudget(settings.inFlight())),
                    new StreamThreadPolls(StreamsProperties.commitInterval(properties)),
                    metrics,
                    replay);
        }
    }

    /** Tests give another topology or other clients, to show what is lost without the frontier. */
    Pipeline(PipelineSettings settings, Parts parts, Topology topology, KafkaClientSupplier clients) {
        Properties properties = StreamsProperties.of(settings);
        this.parts = parts;
        this.streams = new KafkaStreams(
                topology, properties, clients, new SteadyTime(System.currentTimeMillis(), System::nanoTime));
        this.shutdownTimeout = settings.shutdownTimeout();
        this.watchAdmin = clients.getAdmin(
                new StreamsConfig(properties).getAdminConfigs(settings.applicationId() + "-topic-watch"));
        this.watch = new TopicWatch(watchAdmin, settings.applicationId(), parts.outputs(), this::end, System::nanoTime);
        streams.setStateListener(this::onState);
        streams.setUncaughtExceptionHandler(this::onUncaught);
    }

    /** Creates a pipeline; nothing runs until {@link #start}. */
    public static Pipeline create(PipelineSettings settings, EventClassifier classifier, TopologyMetrics metrics) {
        return create(settings, classifier, metrics, Replay.NONE);
    }

    /** Creates a pipeline for a bounded replay, which does not end by itself: its owner watches its offsets. */
    public static Pipeline create(
            PipelineSettings settings, EventClassifier classifier, TopologyMetrics metrics, Replay replay) {
        Parts parts = Parts.of(settings, metrics, replay);
        return new Pipeline(settings, parts, ClassifyTopology.build(parts, classifier), clients(settings, parts));
    }

    static KafkaClientSupplier clients(PipelineSettings settings, Parts parts) {
        return new FrontierClientSupplier(parts, settings.onGap(), StreamsProperties.maxPollBytes(settings.inFlight()));
    }

    /**
     * Checks the topics, so that no outcome is written that they refuse, and starts to consume. While other applications use
     * the consumer group, it does not join, since it would be assigned partitions of other topics.
     */
    public void start() {
        checkTopics();
        clockWatch = RepeatingTask.start("clock-watch", CLOCK_INTERVAL, CLOCK_INTERVAL, parts.polls()::checkClock);
        join();
        topicWatch = RepeatingTask.start("topic-watch", WATCH_INTERVAL, WATCH_INTERVAL, () -> {
            watch.check();
            join();
        });
    }

    private void join() {
        if (streams.state() == KafkaStreams.State.CREATED
                && watch.groupTrouble().isEmpty()) {
            streams.start();
        }
    }

    /** Without it, outcomes of the first seconds would only be checked against the producer's limits. */
    private void checkTopics() {
        try {
            watch.check();
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The topics can't be checked: {}", e.toString(), e);
        }
    }

    private void end(RuntimeException reason) {
        if (failure.compareAndSet(null, reason)) {
            DaemonThreads.start("pipeline-end", this::close);
        }
    }

    /**
     * Returns why this instance can't process events although it runs (a missing topic, or a group that other applications
     * use), as a sentence without its full stop; empty if it can. It is checked every few seconds. Thread-safe.
     */
    public Optional<String> trouble() {
        return watch.trouble();
    }

    /** Waits until partitions are assigned; returns false after the timeout or when the pipeline has ended. */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toMillis(), TimeUnit.MILLISECONDS) && ended.getCount() > 0;
    }

    /** Waits until the pipeline has ended, by {@link #close} or because it failed. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Returns the failure that ended the pipeline, or null. */
    public Throwable failure() {
        return failure.get();
    }

    /** Returns the number and size of events that are consumed and not yet forwarded. */
    public InFlightBudget inFlight() {
        return parts.frontier().budget();
    }

    /** Returns the state of Kafka Streams. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Returns the partitions of the input topic that are assigned to this instance. */
    public Set<Integer> ownPartitions() {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .flatMap(task -> task.topicPartitions().stream())
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    /** Returns the timestamp of the oldest event in flight, in milliseconds since the epoch, by partition. */
    public Map<Integer, Long> oldestInFlight() {
        return parts.frontier().oldestInFlight().entrySet().stream()
                .collect(Collectors.toMap(oldest -> oldest.getKey().partition(), Map.Entry::getValue));
    }

    /** Returns the metrics of Kafka Streams and all its clients. */
    public Map<MetricName, ? extends Metric> kafkaMetrics() {
        return streams.metrics();
    }

    private void onState(KafkaStreams.State newState, KafkaStreams.State oldState) {
        LOG.info("Kafka Streams: {} -> {}", oldState, newState);
        boolean hasEnded = newState == KafkaStreams.State.NOT_RUNNING || newState == KafkaStreams.State.ERROR;
        if (hasEnded) {
            ended.countDown();
        }
        if (hasEnded || newState == KafkaStreams.State.RUNNING) {
            running.countDown();
        }
    }

    private StreamThreadExceptionResponse onUncaught(Throwable thrown) {
        OutcomeRefusedException refusal = parts.outputs().finalRefusal();
        Throwable exception = refusal == null ? thrown : refusal;
        if (failures.shouldReplaceThread(exception)) {
            LOG.warn("A stream thread is replaced: {}", exception.toString());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        failure.compareAndSet(
                null,
                exception instanceof MissingSourceTopicException
                        ? new MissingTopicException(
                                "topic '" + parts.outputs().topics().input() + "' no longer exists", exception)
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
