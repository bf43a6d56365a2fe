package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the client proxies without a broker. */
class FrontierClientSupplierTest {
    private static final TopicPartition PARTITION = new TopicPartition("image-events", 0);
    private static final ConsumerGroupMetadata GROUP = new MockConsumer<>("none").groupMetadata();

    private final InFlightBudget budget = new InFlightBudget(new InFlightLimits(1, 1 << 20));
    private final CommitFrontier frontier = new CommitFrontier(budget);
    private final StreamThreadPolls polls = new StreamThreadPolls(Duration.ofMillis(100));
    private final FrontierClientSupplier clients = new FrontierClientSupplier(
            new Pipeline.Parts(
                    new OutputTopics(new Topics("image-events", "image-labels", "image-events-dlq"), Long.MAX_VALUE),
                    frontier,
                    polls,
                    TopologyMetrics.NONE,
                    Replay.NONE),
            OnGap.WARN,
            Long.MAX_VALUE);
    private final Consumer<byte[], byte[]> consumer = clients.getConsumer(
            Map.of("bootstrap.servers", "localhost:1", "group.id", "test", "default.api.timeout.ms", 100));

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void pausedPartitionsAreReported() {
        consumer.assign(List.of(PARTITION));
        consumer.pause(List.of(PARTITION));
        assertThat(consumer.paused()).containsExactly(PARTITION);
    }

    @Test
    void resumedPartitionsAreNotReportedThoughTheWindowIsFull() {
        frontier.open(PARTITION).add(event(0, 5), new CompletableFuture<>());
        consumer.assign(List.of(PARTITION));
        consumer.pause(List.of(PARTITION));
        consumer.resume(List.of(PARTITION));
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void otherCallsGoThrough() {
        consumer.assign(List.of(PARTITION));
        assertThat(consumer.assignment()).containsExactly(PARTITION);
    }

    @Test
    void failuresOfTheConsumerAreRethrownUnchanged() {
        assertThatIllegalStateException().isThrownBy(() -> consumer.seek(PARTITION, 5));
    }

    private static boolean namesACommit(Method method) {
        return method.getName().startsWith("commit") || method.getName().startsWith("sendOffsets");
    }

    private static Object argument(Class<?> type) {
        if (type == Map.class) {
            return new HashMap<>(Map.of(PARTITION, new OffsetAndMetadata(5)));
        } else if (type == Set.class) {
            return Set.of(PARTITION);
        } else if (type == Duration.class) {
            return Duration.ofMillis(1);
        } else if (type == ConsumerGroupMetadata.class) {
            return GROUP;
        }
        return null;
    }

    /** Calls every method that commits, and returns the signatures of those that throw. */
    private static Set<String> refused(Class<?> type, Object client) throws IllegalAccessException {
        Set<String> refused = new TreeSet<>();
        for (Method method : type.getMethods()) {
            if (!namesACommit(method)) {
                continue;
            }
            Class<?>[] types = method.getParameterTypes();
            String signature = Arrays.stream(types)
                    .map(Class::getSimpleName)
                    .collect(Collectors.joining(", ", method.getName() + "(", ")"));
            try {
                method.invoke(
                        client,
                        Arrays.stream(types)
                                .map(FrontierClientSupplierTest::argument)
                                .toArray());
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof UnsupportedOperationException refusal) {
                    assertThat(refusal).hasMessageStartingWith(signature + " could commit events in flight");
                    refused.add(signature);
                }
            }
        }
        return refused;
    }

    @Test
    void waysToCommitThatTheFrontierDoesNotKnowAreRefused() throws IllegalAccessException {
        assertThat(refused(Consumer.class, consumer))
                .containsExactly(
                        "commitAsync()",
                        "commitAsync(Map, OffsetCommitCallback)",
                        "commitAsync(OffsetCommitCallback)",
                        "commitSync()",
                        "commitSync(Duration)");
        try (Producer<byte[], byte[]> producer = clients.wrap(new MockProducer<>())) {
            assertThat(refused(Producer.class, producer)).isEmpty();
        }
    }

    @Test
    void everyKnownWayToCommitIsLoweredToTheFrontier() {
        frontier.open(PARTITION).add(event(0, 5), new CompletableFuture<>());
        Map<TopicPartition, OffsetAndMetadata> consumed = Map.of(PARTITION, new OffsetAndMetadata(9));
        Map<TopicPartition, OffsetAndMetadata> lowered = Map.of(PARTITION, new OffsetAndMetadata(5));

        MockConsumer<byte[], byte[]> mock = new MockConsumer<>("none");
        mock.assign(List.of(PARTITION));
        try (Consumer<byte[], byte[]> wrapped = clients.wrap(
                mock,
                new PollBudget(Long.MAX_VALUE),
                new InputPositions.Policy(OnGap.WARN, InputPositions.Start.BEGINNING))) {
            wrapped.commitSync(consumed);
            assertThat(wrapped.committed(Set.of(PARTITION))).isEqualTo(lowered);
            mock.commitSync(consumed);
            wrapped.commitSync(consumed, Duration.ofSeconds(1));
            assertThat(wrapped.committed(Set.of(PARTITION))).isEqualTo(lowered);
        }

        MockProducer<byte[], byte[]> transactional = new MockProducer<>();
        try (Producer<byte[], byte[]> wrapped = clients.wrap(transactional)) {
            wrapped.initTransactions();
            wrapped.beginTransaction();
            wrapped.sendOffsetsToTransaction(consumed, GROUP);
            wrapped.commitTransaction();
            assertThat(transactional.consumerGroupOffsetsHistory()).containsExactly(Map.of(GROUP.groupId(), lowered));
        }
    }

    private static void transaction(Producer<byte[], byte[]> producer, long offset) {
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(Map.of(PARTITION, new OffsetAndMetadata(offset)), GROUP);
    }

    private static void commit(Producer<byte[], byte[]> producer, long offset) {
        transaction(producer, offset);
        producer.commitTransaction();
    }

    @Test
    void aTransactionWithNothingNewIsEmpty() {
        frontier.open(PARTITION);
        MockProducer<byte[], byte[]> transactional = new MockProducer<>();
        try (Producer<byte[], byte[]> producer = clients.wrap(transactional)) {
            producer.initTransactions();
            commit(producer, 5);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("the first one")
                    .hasSize(1);
            frontier.open(PARTITION).add(event(0, 5), new CompletableFuture<>());
            commit(producer, 6);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("the first one of another task")
                    .hasSize(2);
            commit(producer, 6);
            commit(producer, 6);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("the same offset, since the event is in flight")
                    .hasSize(2);
            frontier.open(PARTITION);
            transaction(producer, 5);
            producer.abortTransaction();
            commit(producer, 5);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("after one that was aborted")
                    .hasSize(3);
            commit(producer, 6);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("a further event")
                    .hasSize(4);
            polls.ofThisThread().forwarded();
            commit(producer, 6);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("with an outcome")
                    .hasSize(5);
            commit(producer, 6);
            assertThat(transactional.consumerGroupOffsetsHistory())
                    .as("without an outcome")
                    .hasSize(5);
        }
    }

    /** Sends a record, which fails at once since there is no broker. */
    private void sendWithoutBroker(List<Exception> failures) {
        try (Producer<byte[], byte[]> producer =
                clients.getProducer(Map.of("bootstrap.servers", "localhost:1", "max.block.ms", 1))) {
            producer.send(
                    new ProducerRecord<>("image-labels", new byte[1]), (metadata, failure) -> failures.add(failure));
        }
    }

    @Test
    void aCallbackLearnsOfAnAbortedTransactionAsFencing() {
        List<Exception> failures = new ArrayList<>();
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        try (Producer<byte[], byte[]> wrapped = clients.wrap(producer)) {
            for (int i = 0; i < 2; i++) {
                wrapped.send(
                        new ProducerRecord<>("image-labels", new byte[1]),
                        (metadata, failure) -> failures.add(failure));
            }
            producer.errorNext(new InvalidTxnStateException("invalid state"));
            producer.completeNext();
        }
        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).isInstanceOf(ProducerFencedException.class);
        assertThat(failures.get(1)).isNull();
    }

    private void commit() {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(5)));
    }

    @Test
    void afterAFailedSendNothingIsCommittedUntilTheTasksAreGivenUp() {
        List<Exception> failures = new ArrayList<>();
        sendWithoutBroker(failures);
        assertThat(failures).singleElement().isInstanceOf(TimeoutException.class);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(CommitFailedException.class)
                    .isThrownBy(this::commit)
                    .withMessageContaining("an outcome could not be sent: ");
        }
        consumer.unsubscribe();
        // The commit is allowed again, and only fails because there is no broker.
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(this::commit);
    }

    @Test
    void aFailedSendOfAnotherThreadDoesNotCount() throws Exception {
        List<Exception> failures = new ArrayList<>();
        Thread other = new Thread(() -> sendWithoutBroker(failures));
        other.start();
        other.join();
        assertThat(failures).hasSize(1);
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(this::commit);
    }
}
