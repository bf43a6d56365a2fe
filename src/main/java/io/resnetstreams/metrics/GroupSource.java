package io.resnetstreams.metrics;

import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * The source of the offsets of a group.
 *
 * @param admin closed with the monitor
 * @param group the consumer group's id
 * @param topic the input topic
 * @param reader creates a {@code read_committed} consumer without a group; called at most once, and the consumer is closed
 *     with the monitor
 */
public record GroupSource(Admin admin, String group, String topic, Supplier<Consumer<byte[], byte[]>> reader) {}
