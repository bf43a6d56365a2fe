package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/** Sends events at a steady rate while something is done to the pipeline, and follows their outcomes. */
final class SteadyEvents implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(300);

    private final Configuration configuration;
    private final OutcomeFollower follower;
    private final CompletableFuture<EventSender.Result> sending;
    private volatile boolean settled;

    private SteadyEvents(Configuration configuration, int rate, Iterable<SourceEvent> events) {
        KafkaClients clients = new KafkaClients(configuration.connection());
        this.configuration = configuration;
        List<TopicPartition> outputs =
                new ArrayList<>(clients.partitions(configuration.topics().labels()));
        outputs.addAll(clients.partitions(configuration.topics().deadLetters()));
        this.follower = new OutcomeFollower(clients.committedReader(), outputs, configuration.topics(), Map.of());
        this.sending = CompletableFuture.supplyAsync(() -> send(clients, rate, events));
    }

    /** Sends the bundled model's sample images repeatedly. */
    static SteadyEvents ofSamples(Configuration configuration, int rate) {
        return new SteadyEvents(
                configuration,
                rate,
                EventSource.of(List.of(TestCluster.SAMPLES)).kept());
    }

    /** Sends a few bytes per event, for a classifier that ignores them. */
    static SteadyEvents ofBytes(Configuration configuration, int rate) {
        List<SourceEvent> events = IntStream.range(0, 100)
                .mapToObj(number -> new SourceEvent("event-" + number, ("e" + number).getBytes(UTF_8), "image/png"))
                .toList();
        return new SteadyEvents(configuration, rate, events);
    }

    private EventSender.Result send(KafkaClients clients, int rate, Iterable<SourceEvent> events) {
        try (Producer<byte[], byte[]> producer = clients.producer()) {
            EventSender sender = new EventSender(
                    producer,
                    configuration.topics().input(),
                    rate,
                    metadata -> follower.expect(metadata.partition(), metadata.offset()));
            while (!settled) {
                for (SourceEvent event : events) {
                    sender.send(event);
                }
            }
            return sender.finish();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for this many further outcomes. */
    void awaitMore(long outcomes) {
        long wanted = follower.snapshot().outcomes() + outcomes;
        await().atMost(LONGEST).until(() -> follower.snapshot().outcomes() >= wanted);
    }

    /** Waits until events of this many partitions have outcomes. */
    void awaitPartitions(int partitions) {
        await().atMost(LONGEST)
                .until(() -> follower.snapshot().progress().values().stream()
                                .filter(seenAndExpected -> seenAndExpected[0] > 0)
                                .count()
                        == partitions);
    }

    /** Stops sending and waits until all events have outcomes. */
    void settle() {
        settled = true;
        EventSender.Result result = sending.join();
        if (result.failed() > 0) {
            throw new IllegalStateException("not sent: " + result.firstFailure());
        }
        await().atMost(LONGEST).until(() -> follower.snapshot().lost() == 0);
    }

    /** Reads to the ends of the output topics and returns the result. Must be called after {@link #settle}. */
    OutcomeFollower.Snapshot finish() throws InterruptedException {
        follower.finish();
        return follower.snapshot();
    }

    @Override
    public void close() {
        settled = true;
        follower.close();
    }
}
