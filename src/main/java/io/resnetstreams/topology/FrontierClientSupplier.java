package io.resnetstreams.topology;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
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

/**
 * Kafka's own clients, with the committed offsets lowered to the {@link CommitFrontier} and partitions paused while the
 * in-flight window is full, held to the end of a {@link Replay}. The clients are wrapped by {@link Proxy}, so only their public interfaces are involved:
 * {@code sendOffsetsToTransaction} (exactly once; of the producer also failures, as {@link AbortedTransaction} says), {@code
 * commitSync} (at least once; not after {@link UnsentOutcomes}), {@code pause}, {@code resume}, {@code paused} and {@code
 * poll}. The metrics are told of the ends
 * of transactions.
 */
public final class FrontierClientSupplier implements KafkaClientSupplier {
    private static final String NO_RESET = "none";

    private final CommitFrontier frontier;
    private final InFlightBudget budget;
    private final TopologyMetrics metrics;
    private final Replay replay;
    private final OutputTopics outputs;
    private final OnGap onGap;
    private final long maxPollBytes;
    private final ThreadLocal<UnsentOutcomes> unsent = ThreadLocal.withInitial(UnsentOutcomes::new);

    /**
     * @param onGap what to do where events are gone from the input topic
     * @param maxPollBytes what the records of one poll may have together, in uncompressed bytes
     */
    public FrontierClientSupplier(
            CommitFrontier frontier,
            InFlightBudget budget,
            TopologyMetrics metrics,
            Replay replay,
            OutputTopics outputs,
            OnGap onGap,
            long maxPollBytes) {
        this.frontier = frontier;
        this.budget = budget;
        this.metrics = metrics;
        this.replay = replay;
        this.outputs = outputs;
        this.onGap = onGap;
        this.maxPollBytes = maxPollBytes;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        return proxy(Producer.class, (proxy, method, arguments) -> {
            if (method.getName().equals("sendOffsetsToTransaction")) {
                arguments[0] = frontier.lower(offsets(arguments[0]));
            } else if (method.getName().equals("send") && arguments.length == 2) {
                arguments[1] = unsent.get()
                        .noting(explained(record(arguments[0]), AbortedTransaction.asFencing((Callback) arguments[1])));
            }
            Object result = invokeOrFence(producer, method, arguments);
            switch (method.getName()) {
                case "commitTransaction" -> {
                    frontier.sleep().committed();
                    metrics.committed();
                }
                case "abortTransaction" -> metrics.aborted();
                default -> {
                    // The others end no transaction.
                }
            }
            return result;
        });
    }

    private static Object invokeOrFence(Object producer, Method method, Object[] arguments) throws Throwable {
        try {
            return invoke(producer, method, arguments);
        } catch (KafkaException e) {
            throw AbortedTransaction.asFencing(e);
        }
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        PollBudget pollBudget = new PollBudget(maxPollBytes);
        Consumer<byte[], byte[]> consumer = mainConsumer(config, pollBudget);
        // A wakeup that comes when a poll is over would end the first call that follows.
        Consumer<byte[], byte[]> awake = proxy(Consumer.class, (proxy, method, arguments) -> frontier.sleep()
                .callAwake(() -> invoke(consumer, method, arguments)));
        InputPositions positions = new InputPositions(awake, policy(config), frontier::isAnyInFlight, metrics);
        ReplayEnd end = new ReplayEnd(consumer, replay);
        PausingConsumer pausing = new PausingConsumer(
                consumer, partition -> budget.isExhausted() || replay.isPaused() || end.isReached(partition));
        return proxy(Consumer.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "commitSync" -> {
                    unsent.get().requireNone();
                    if (arguments != null && arguments[0] instanceof Map) {
                        arguments[0] = frontier.lower(offsets(arguments[0]));
                    }
                    frontier.sleep().callAwake(() -> invoke(consumer, method, arguments));
                    frontier.sleep().committed();
                    metrics.committed();
                    return null;
                }
                case "pause" -> {
                    pausing.pause(partitions(arguments[0]));
                    return null;
                }
                case "resume" -> {
                    pausing.resume(partitions(arguments[0]));
                    return null;
                }
                case "paused" -> {
                    return pausing.paused();
                }
                case "poll" -> {
                    end.beforePoll();
                    pausing.beforePoll();
                    pollBudget.begin();
                    Duration longest = (Duration) arguments[0];
                    return positions.poll(() -> end.limit(() -> frontier.sleep().poll(consumer, longest)));
                }
                case "unsubscribe" -> {
                    frontier.sleep().callAwake(() -> invoke(consumer, method, arguments));
                    unsent.get().forget();
                    return null;
                }
                case "wakeup" -> {
                    return invoke(consumer, method, arguments);
                }
                default -> {
                    return frontier.sleep().callAwake(() -> invoke(consumer, method, arguments));
                }
            }
        });
    }

    private InputPositions.Policy policy(Map<String, Object> config) {
        InputPositions.Start strict =
                replay == Replay.NONE ? InputPositions.Start.FIRST_TIME : InputPositions.Start.NEVER;
        return new InputPositions.Policy(
                onGap,
                NO_RESET.equals(config.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG))
                        ? strict
                        : InputPositions.Start.BEGINNING);
    }

    /** Makes the consumer with {@code auto.offset.reset=none}, so that it reports what {@link InputPositions} decides. */
    private static Consumer<byte[], byte[]> mainConsumer(Map<String, Object> config, PollBudget pollBudget) {
        Map<String, Object> withoutReset = new HashMap<>(config);
        withoutReset.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, NO_RESET);
        return new KafkaConsumer<>(withoutReset, pollBudget.keys(), pollBudget.values());
    }

    /** Returns a callback that tells another one what a failure to write this record means. */
    private Callback explained(ProducerRecord<byte[], byte[]> record, Callback callback) {
        return (metadata, failure) ->
                callback.onCompletion(metadata, failure == null ? null : outputs.explain(record, failure));
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return plainConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return plainConsumer(config);
    }

    private static Consumer<byte[], byte[]> plainConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    @SuppressWarnings("unchecked")
    private static Map<TopicPartition, OffsetAndMetadata> offsets(Object argument) {
        return (Map<TopicPartition, OffsetAndMetadata>) argument;
    }

    @SuppressWarnings("unchecked")
    private static ProducerRecord<byte[], byte[]> record(Object argument) {
        return (ProducerRecord<byte[], byte[]>) argument;
    }

    @SuppressWarnings("unchecked")
    private static Collection<TopicPartition> partitions(Object argument) {
        return (Collection<TopicPartition>) argument;
    }
}
