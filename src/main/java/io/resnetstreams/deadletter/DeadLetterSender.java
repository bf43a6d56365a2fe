package io.resnetstreams.deadletter;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.Futures;
import io.resnetstreams.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;

/**
 * Resends events of dead letters to the input topic, each to its original partition, and records those that the broker
 * has acknowledged. Up to 100 events, or about 8 MiB, are in flight. Used by one thread.
 */
public final class DeadLetterSender {
    private static final int MAX_WAITING = 100;
    private static final long MAX_WAITING_BYTES = 8 << 20;

    private final Producer<byte[], byte[]> producer;
    private final ResendMemory memory;
    private final String topic;
    private final int partitions;
    private final List<Waiting> waiting = new ArrayList<>();
    private long waitingBytes;
    private long sent;
    private long refused;

    private record Waiting(
            StoredDeadLetter letter, int source, ResendMemory.Visit visit, Future<RecordMetadata> answer) {}

    public DeadLetterSender(Producer<byte[], byte[]> producer, ResendMemory memory, String topic, int partitions) {
        this.producer = producer;
        this.memory = memory;
        this.topic = topic;
        this.partitions = partitions;
    }

    /** Resends one event to its partition, and waits; throws IllegalStateException, with a message for the user, if it was not taken. */
    public static void resend(Configuration configuration, RawEvent event) {
        int retries = StoredDeadLetter.retries(event.headers());
        if (retries >= StoredDeadLetter.MAX_RETRIES) {
            throw new IllegalStateException(
                    "it was resent " + retries + " times; 'dlq replay --max-retries' allows more");
        }
        Headers headers = StoredDeadLetter.withOneMoreRetry(event.headers());
        String topic = configuration.topics().input();
        try (Producer<byte[], byte[]> producer = new KafkaClients(configuration.connection()).producer()) {
            producer.send(new ProducerRecord<>(topic, event.source().partition(), event.key(), event.value(), headers))
                    .get(configuration.brokerTimeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(topic + " did not accept it: " + Failures.describe(e.getCause()), e);
        } catch (TimeoutException | KafkaException | UserErrorException e) {
            throw new IllegalStateException(topic + " did not accept it: " + Failures.describe(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the instance is being stopped", e);
        }
    }

    /** Returns the partition to which an event is sent: its own, or another one if the input no longer has it. */
    public static int partition(int source, int partitions) {
        return source % partitions;
    }

    /** Sends the event of a dead letter; {@code source} is its original partition. */
    public void send(StoredDeadLetter letter, int source, ResendMemory.Visit visit) {
        waiting.add(new Waiting(letter, source, visit, send(letter, source)));
        waitingBytes += letter.record().serializedValueSize();
        if (waiting.size() >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES) {
            flush();
        }
    }

    private Future<RecordMetadata> send(StoredDeadLetter letter, int source) {
        try {
            return producer.send(new ProducerRecord<>(
                    topic,
                    partition(source, partitions),
                    letter.record().key(),
                    letter.record().value(),
                    letter.headersForResend()));
        } catch (KafkaException e) {
            // A producer that can't continue throws immediately.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Commits the acknowledged dead letters and prints the refused; throws UserErrorException if none can be sent. */
    public void flush() {
        producer.flush();
        UserErrorException failure = null;
        for (Waiting each : waiting) {
            KafkaException refusal = refusal(each);
            if (refusal == null) {
                memory.done(each.visit());
                sent++;
            } else if (isOfTheRecord(refusal)) {
                refused++;
                System.err.println(each.letter().position() + ": topic '" + topic + "' does not accept its event: "
                        + Failures.describe(refusal));
            } else if (failure == null) {
                failure = UserErrorException.shortfall(
                        each.letter().position() + " was not resent to " + topic + ": " + Failures.describe(refusal),
                        refusal);
            }
        }
        waiting.clear();
        waitingBytes = 0;
        memory.commit();
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns why the broker did not take an event, or null if it did. */
    private KafkaException refusal(Waiting each) {
        KafkaException first = failure(each.answer());
        if (first == null || first instanceof RetriableException || isOfTheRecord(first)) {
            return first;
        }
        // The whole batch of a refused record fails, so the record is sent again on its own.
        Future<RecordMetadata> alone = send(each.letter(), each.source());
        producer.flush();
        return failure(alone);
    }

    /** Returns whether the failure is caused by the record, so that others may succeed. */
    private static boolean isOfTheRecord(KafkaException failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof InvalidTimestampException
                || failure instanceof InvalidRecordException;
    }

    private static KafkaException failure(Future<RecordMetadata> answer) {
        try {
            Futures.await(answer);
            return null;
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            return e;
        }
    }

    /** Returns the number of events that the broker has acknowledged. */
    public long sent() {
        return sent;
    }

    /** Returns the number of events that the broker has refused. */
    public long refused() {
        return refused;
    }
}
