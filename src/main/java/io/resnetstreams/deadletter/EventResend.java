package io.resnetstreams.deadletter;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;

/** Resends one event to its partition of the input topic, as {@code dlq replay} does. */
public final class EventResend {
    private EventResend() {}

    /** Sends the event and waits; throws IllegalStateException, with a message for the user, if it was not taken. */
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
}
