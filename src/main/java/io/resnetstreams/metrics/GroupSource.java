package io.resnetstreams.metrics;

import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Where a group's offsets are read.
 *
 * @param admin closed with the monitor
 * @param group the consumer group's id
 * @param topic the input topic
 * @param reader makes a consumer outside any group that sees committed records alone; it is asked once at most, and what it made is
 *     closed with the monitor
 */
public record GroupSource(Admin admin, String group, String topic, Supplier<Consumer<byte[], byte[]>> reader) {}
