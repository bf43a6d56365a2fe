package io.resnetstreams.topology;

import io.resnetstreams.topology.InputPositions.Start;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates Kafka's own clients behind proxies. The committed offsets are lowered to the {@link CommitFrontier}, partitions are
 * paused while the in-flight window is full, a {@link Replay} stops at its end, and the metrics count transactions.
 *
 * <p>The clients are wrapped by {@link Proxy}, so only their public interfaces are involved. The methods with changed
 * behaviour are {@code sendOffsetsToTransaction} (exactly once), {@code commitSync} (at least once), {@code send},
 * {@code pause}, {@code resume}, {@code paused} and {@code poll}; a producer's failures are translated by {@link
 * AbortedTransaction}. A method that commits and is not among {@link #COMMITS} is refused, since it could commit events
 * in flight.
 */
final class FrontierClientSupplier implements KafkaClientSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(FrontierClientSupplier.class);
    private static final String NO_RESET = "none";

    /** The methods by which Kafka Streams commits, and those that only have a similar name. */
    private static final Set<String> COMMITS = Set.of(
            "commitSync(Map)",
            "commitSync(Map, Duration)",
            "committed(Set)",
            "committed(Set, Duration)",
            "sendOffsetsToTransaction(Map, ConsumerGroupMetadata)",
            "commitTransaction()");

    private final Pipeline.Parts parts;
    private final TopologyMetrics metrics;
    private final OnGap onGap;
    private final long maxPollBytes;
    /**
     * Why an outcome of a stream thread could not be sent since its tasks were created; null if all were. Producers' own
     * threads report it, before the flush that precedes a commit has ended.
     */
    private final ThreadLocal<AtomicReference<Exception>> unsent = ThreadLocal.withInitial(AtomicReference::new);

    /** @param maxPollBytes the largest total size of the records of one poll, in uncompressed bytes */
    FrontierClientSupplier(Pipeline.Parts parts, OnGap onGap, long maxPollBytes) {
        this.parts = parts;
        this.metrics = parts.metrics();
        this.onGap = onGap;
        this.maxPollBytes = maxPollBytes;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return wrap(new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    Producer<byte[], byte[]> wrap(Producer<byte[], byte[]> producer) {
        Map<TopicPartition, OffsetAndMetadata> inTransaction = new HashMap<>();
        return proxy(Producer.class, (proxy, method, arguments) -> {
            requireKnown(method);
            String name = method.getName();
            if (!name.equals("send")) {
                parts.polls().ofThisThread().waiting();
            }
            try {
                return switch (name) {
                    case "send" -> {
                        ProducerRecord<byte[], byte[]> record = cast(arguments[0]);
                        // For each outcome, so without reflection.
                        yield arguments.length == 1
                                ? producer.send(record)
                                : producer.send(record, explaining(record, (Callback) arguments[1]));
                    }
                    case "sendOffsetsToTransaction" -> {
                        Map<TopicPartition, OffsetAndMetadata> offsets =
                                parts.frontier().lower(cast(arguments[0]));
                        if (isNothingNew(offsets)) {
                            yield null;
                        }
                        inTransaction.putAll(offsets);
                        arguments[0] = offsets;
                        yield invoke(producer, method, arguments);
                    }
                    case "commitTransaction" -> {
                        invoke(producer, method, arguments);
                        parts.frontier().committed(inTransaction);
                        inTransaction.clear();
                        committed();
                        yield null;
                    }
                    case "abortTransaction" -> {
                        inTransaction.clear();
                        invoke(producer, method, arguments);
                        metrics.aborted();
                        yield null;
                    }
                    default -> invoke(producer, method, arguments);
                };
            } catch (KafkaException e) {
                throw AbortedTransaction.asFencing(e);
            }
        });
    }

    /**
     * Returns whether a transaction would contain nothing that is not committed yet. Kafka Streams commits when it has consumed,
     * also if all that it has consumed is in flight. Without offsets and records the producer sends nothing, and the
     * outcome of the first event after a pause need not wait until the transaction has ended.
     */
    private boolean isNothingNew(Map<TopicPartition, OffsetAndMetadata> offsets) {
        return parts.polls().ofThisThread().uncommitted() == 0
                && parts.frontier().isCommitted(offsets);
    }

    private void committed() {
        parts.polls().ofThisThread().committed();
        metrics.committed();
    }

    /**
     * Prevents a stream thread from committing offsets (at least once) after one of its outcomes could not be sent. Kafka
     * Streams attributes a failure to one task of the thread, and commits the offsets of the others, whose outcomes may
     * have failed too ({@code RecordCollectorImpl#send} and {@code TaskManager#handleCorruption} of 4.3.1). If the commit
     * fails, it closes all tasks of the thread and resumes at the offsets committed before.
     */
    private void requireAllSent() {
        Exception failure = unsent.get().get();
        if (failure != null) {
            LOG.warn(
                    "An outcome could not be sent: {}. Events since the last commit are processed again",
                    failure.toString());
            throw new CommitFailedException("an outcome could not be sent: " + failure.getMessage());
        }
    }

    private static void requireKnown(Method method) {
        String name = method.getName();
        if (!name.startsWith("commit") && !name.startsWith("sendOffsets")) {
            return;
        }
        String signature = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", name + "(", ")"));
        if (!COMMITS.contains(signature)) {
            throw new UnsupportedOperationException(signature
                    + " could commit events in flight: the commit frontier must be extended to lower its offsets");
        }
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        PollBudget pollBudget = new PollBudget(maxPollBytes);
        // With auto.offset.reset=none the consumer reports the cases that InputPositions decides.
        Map<String, Object> withoutReset = new HashMap<>(config);
        withoutReset.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, NO_RESET);
        return wrap(
                new KafkaConsumer<>(withoutReset, pollBudget.keys(), pollBudget.values()), pollBudget, policy(config));
    }

    Consumer<byte[], byte[]> wrap(
            Consumer<byte[], byte[]> consumer, PollBudget pollBudget, InputPositions.Policy policy) {
        Consumer<byte[], byte[]> outsidePoll =
                proxy(Consumer.class, (proxy, method, arguments) -> callOutsidePoll(consumer, method, arguments));
        InputPositions positions = new InputPositions(outsidePoll, policy, parts.frontier()::isAnyInFlight, metrics);
        Replay replay = parts.replay();
        ReplayEnd end = new ReplayEnd(consumer, replay);
        PausingConsumer pausing = new PausingConsumer(
                consumer,
                partition -> parts.frontier().isFull(partition) || replay.isPaused() || end.isReached(partition));
        return proxy(Consumer.class, (proxy, method, arguments) -> {
            requireKnown(method);
            return switch (method.getName()) {
                case "commitSync" -> {
                    requireAllSent();
                    arguments[0] = parts.frontier().lower(cast(arguments[0]));
                    callOutsidePoll(consumer, method, arguments);
                    committed();
                    yield null;
                }
                case "pause" -> {
                    pausing.pause(cast(arguments[0]));
                    yield null;
                }
                case "resume" -> {
                    pausing.resume(cast(arguments[0]));
                    yield null;
                }
                case "paused" -> pausing.paused();
                case "poll" -> {
                    end.beforePoll();
                    pausing.beforePoll();
                    pollBudget.begin();
                    Duration longest = (Duration) arguments[0];
                    yield positions.poll(
                            () -> end.limit(() -> parts.polls().ofThisThread().poll(consumer, longest)));
                }
                case "unsubscribe" -> {
                    callOutsidePoll(consumer, method, arguments);
                    unsent.get().set(null);
                    yield null;
                }
                case "wakeup" -> invoke(consumer, method, arguments);
                default -> callOutsidePoll(consumer, method, arguments);
            };
        });
    }

    private Object callOutsidePoll(Object consumer, Method method, Object[] arguments) throws Throwable {
        return parts.polls().ofThisThread().callOutsidePoll(() -> invoke(consumer, method, arguments));
    }

    private InputPositions.Policy policy(Map<String, Object> config) {
        Start strict = parts.replay() == Replay.NONE ? Start.FIRST_TIME : Start.NEVER;
        boolean isStrict = NO_RESET.equals(config.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
        return new InputPositions.Policy(onGap, isStrict ? strict : Start.BEGINNING);
    }

    /** Returns a callback that notes a failure to write this record, and passes on what it means. */
    private Callback explaining(ProducerRecord<byte[], byte[]> record, Callback callback) {
        AtomicReference<Exception> ofThisThread = unsent.get();
        return (metadata, failure) -> {
            if (failure == null) {
                callback.onCompletion(metadata, null);
            } else {
                ofThisThread.set(failure);
                callback.onCompletion(
                        metadata, AbortedTransaction.asFencing(parts.outputs().explain(record, failure)));
            }
        };
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return getRestoreConsumer(config);
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<?> type, InvocationHandler handler) {
        return cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Casts to what the signature of the proxied method says. */
    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }
}
