package io.resnetstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Events, and what they become offline. */
interface EventSupply {
    /** The key and id of an event, and its value. */
    record Event(String id, byte[] value) {}

    /** Returns the event of a number, counted from 0. */
    Event event(int number);

    /** Returns the record of an event for a partition of a topic: with the id as its key, unless the supply does otherwise. */
    default ProducerRecord<byte[], byte[]> record(String topic, int partition, int number) {
        Event event = event(number);
        return new ProducerRecord<>(topic, partition, event.id().getBytes(UTF_8), event.value());
    }

    /** Writes what the first events become, as {@code check --expected} reads it. */
    void writeExpected(Path file, int events) throws IOException;
}
