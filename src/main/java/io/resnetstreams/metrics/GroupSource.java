package io.resnetstreams.metrics;

import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.IsolationLevel;

/**
 * Where a group's offsets are read.
 *
 * @param admin closed with the monitor
 * @param group the consumer group's id
 * @param topic the input topic
 * @param isolation whether the group sees the records of open transactions
 * @param reader makes a consumer outside any group with the same isolation; it is asked once at most, and what it made is
 *     closed with the monitor
 */
public record GroupSource(
        Admin admin, String group, String topic, IsolationLevel isolation, Supplier<Consumer<byte[], byte[]>> reader) {}
