package io.resnetstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Events and their expected outcomes, which are determined offline. */
interface EventSupply {
    /** An event's id, which is also its key, and its value. */
    record Event(String id, byte[] value) {}

    /** Returns the event with a number, counted from 0. */
    Event event(int number);

    /** Returns an event's record for a partition; by default its key is the event's id. */
    default ProducerRecord<byte[], byte[]> record(String topic, int partition, int number) {
        Event event = event(number);
        return new ProducerRecord<>(topic, partition, event.id().getBytes(UTF_8), event.value());
    }

    /** Writes the expected outcomes of the first events in the format of {@code check --expected}. */
    void writeExpected(Path file, int events) throws IOException;
}
