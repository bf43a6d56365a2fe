package io.resnetstreams.faults;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends events to all partitions in turn at a steady rate until it is stopped. While the broker is down, it waits. */
final class EventStream implements AutoCloseable {
    private static final int LARGEST_REQUEST = 8 << 20;
    private static final int LONGEST_DELIVERY_MILLIS = 600_000;

    private final String topic;
    private final int partitions;
    private final EventSupply supply;
    private final long nanosPerEvent;
    private final Producer<byte[], byte[]> producer;
    private final Thread thread = new Thread(this::send, "events");
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean stopped;
    private int sent;

    EventStream(String bootstrap, String topic, int partitions, EventSupply supply, int eventsPerSecond) {
        this.topic = topic;
        this.partitions = partitions;
        this.supply = supply;
        this.nanosPerEvent = TimeUnit.SECONDS.toNanos(1) / eventsPerSecond;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "linger.ms",
                        5,
                        "compression.type",
                        "zstd",
                        "max.request.size",
                        LARGEST_REQUEST,
                        "max.block.ms",
                        LONGEST_DELIVERY_MILLIS,
                        "delivery.timeout.ms",
                        LONGEST_DELIVERY_MILLIS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread.start();
    }

    private void send() {
        try {
            sendUntilStopped();
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        } finally {
            producer.close();
        }
    }

    private void sendUntilStopped() {
        long start = System.nanoTime();
        while (!stopped) {
            producer.send(supply.record(topic, sent % partitions, sent), (metadata, e) -> {
                if (e == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, e);
                }
            });
            sent++;
            long due = start + sent * nanosPerEvent;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    /** Throws the exception of an event that could not be sent. */
    void check() {
        if (failure.get() != null) {
            throw new IllegalStateException("an event could not be sent", failure.get());
        }
    }

    /** Returns how many events are on the topic. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Stops sending and returns how many events are on the topic. */
    int stop() throws InterruptedException {
        close();
        thread.join();
        check();
        return acknowledged.get();
    }

    /** Stops sending. */
    @Override
    public void close() {
        stopped = true;
    }
}
