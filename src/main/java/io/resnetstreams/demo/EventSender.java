package io.resnetstreams.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.kafka.Failures;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/** Sends events at a bounded rate, and counts acknowledgements. Used by one thread. */
public final class EventSender {
    /** Counts of acknowledged and failed events, and the first failure or null. */
    public record Result(long sent, long failed, String firstFailure) {}

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final double rate;
    private final Consumer<RecordMetadata> onAcknowledged;
    private final long startNanos = System.nanoTime();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private long attempts;

    /**
     * @param rate the maximum number of events a second; 0 for no limit
     * @param onAcknowledged receives the position of each event, in the thread of the producer
     */
    public EventSender(
            Producer<byte[], byte[]> producer, String topic, double rate, Consumer<RecordMetadata> onAcknowledged) {
        this.producer = producer;
        this.topic = topic;
        this.rate = rate;
        this.onAcknowledged = onAcknowledged;
    }

    /** Sends an event, after waiting for its time. */
    public void send(SourceEvent event) throws InterruptedException {
        awaitTurn();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, event.id().getBytes(UTF_8), event.image());
        if (event.contentType() != null) {
            record.headers()
                    .add(EventReader.CONTENT_TYPE_HEADER, event.contentType().getBytes(UTF_8));
        }
        attempts++;
        try {
            producer.send(record, this::onAnswer);
        } catch (KafkaException e) {
            onAnswer(null, e);
        }
    }

    /** Waits for all acknowledgements. */
    public Result finish() {
        producer.flush();
        return new Result(acknowledged.get(), failed.get(), firstFailure.get());
    }

    private void onAnswer(RecordMetadata metadata, Exception failure) {
        if (failure == null) {
            acknowledged.incrementAndGet();
            onAcknowledged.accept(metadata);
        } else {
            failed.incrementAndGet();
            firstFailure.compareAndSet(null, Failures.describe(failure));
        }
    }

    private void awaitTurn() throws InterruptedException {
        if (rate > 0) {
            long due = startNanos + (long) (attempts / rate * 1e9);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }
}
