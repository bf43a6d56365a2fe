package io.resnetstreams.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Kafka's clients as a backfill needs them; whoever gets one closes it. */
public interface BackfillClients {
    Admin admin();

    /** Returns a consumer outside any group, that sees committed records alone. */
    Consumer<byte[], byte[]> committedReader();

    /** Returns a producer with this transactional id; the transactions of an earlier one with the same id end. */
    Producer<byte[], byte[]> transactionalProducer(String transactionalId);

    /** Returns a consumer that is a member of a group for as long as it lives, however seldom it polls. */
    Consumer<byte[], byte[]> groupMember(String group);
}
