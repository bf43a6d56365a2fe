package io.resnetstreams.deadletter;

import io.resnetstreams.audit.OffsetRanges;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Futures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The dead letters that were resent, stored as committed offsets of a separate consumer group. A selection leaves out
 * some dead letters, so the committed offset is that of the first one that was not resent, and its metadata has the
 * ranges behind it that were. Offsets without a record, such as transaction markers, don't split a range. The metadata
 * has the id of the topic, so that offsets of an earlier topic with the same name are ignored. Used by one thread.
 */
public final class ResendMemory implements AutoCloseable {
    /** The default of the broker's {@code offset.metadata.max.bytes}. */
    private static final int MAX_METADATA_CHARACTERS = 4_096;

    private static final String VERSION = "1";

    private final Admin admin;
    private final String group;
    private final String topic;
    private final String topicId;
    private final Map<Integer, OffsetRanges> sent = new HashMap<>();
    private final Map<Integer, Long> lastVisited = new HashMap<>();
    private final boolean isNew;

    /** Takes over the client and reads the committed offsets; throws KafkaException if the broker refuses. */
    public ResendMemory(Admin admin, String group, String topic) {
        this.admin = admin;
        this.group = group;
        this.topic = topic;
        this.topicId = Futures.await(
                        admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
                .topicId()
                .toString();
        Futures.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null && partition.topic().equals(topic)) {
                        read(partition.partition(), offset);
                    }
                });
        this.isNew = sent.isEmpty();
    }

    /** Returns the consumer group of an application. */
    public static String group(String applicationId) {
        return applicationId + "-dlq-replay";
    }

    private void read(int partition, OffsetAndMetadata offset) {
        if (offset.metadata().isEmpty()) {
            // Set by hand, as with kafka-consumer-groups.sh --reset-offsets.
            sent.computeIfAbsent(partition, number -> new OffsetRanges()).add(0, offset.offset());
            return;
        }
        String[] words = offset.metadata().split(" ", -1);
        if (words.length == 3 && words[0].equals(VERSION) && words[1].equals(topicId)) {
            try {
                sent.put(partition, OffsetRanges.decoded(offset.offset(), words[2]));
                return;
            } catch (IllegalArgumentException e) {
                // Reported below.
            }
        }
        System.err.printf(
                "group %s: its offset %d of %s-%d belongs to another topic with this name, or to another program; it is"
                        + " ignored%n",
                group, offset.offset(), topic, partition);
    }

    /** Returns whether there are no offsets: nothing was resent, or the offsets have expired. */
    public boolean isNew() {
        return isNew;
    }

    /** Begins a scan of a partition at this offset, which is that of its first record. */
    public void begin(int partition, long offset) {
        lastVisited.put(partition, offset - 1);
        OffsetRanges ranges = ranges(partition);
        ranges.add(0, Math.max(offset, ranges.firstMissing()));
    }

    /** Adds the next dead letter of a scan; {@link #done} must be called in the same order. */
    public Visit visit(int partition, long offset) {
        long before = lastVisited.getOrDefault(partition, -1L);
        lastVisited.put(partition, offset);
        return new Visit(partition, before, offset);
    }

    /** A dead letter and the one before it. */
    public record Visit(int partition, long before, long offset) {}

    /** Returns whether a dead letter is done. */
    public boolean contains(int partition, long offset) {
        return ranges(partition).contains(offset);
    }

    /** Records a dead letter as resent, or as one that can't be resent. */
    public void done(Visit letter) {
        OffsetRanges ranges = ranges(letter.partition());
        boolean follows = letter.before() < 0 || ranges.contains(letter.before());
        ranges.add(follows ? letter.before() + 1 : letter.offset(), letter.offset() + 1);
    }

    /** Commits those that are done; throws UserErrorException if a partition's ranges don't fit into the metadata. */
    void commit() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        sent.forEach((partition, ranges) -> {
            String metadata = VERSION + " " + topicId + " " + ranges.encoded();
            if (metadata.length() > MAX_METADATA_CHARACTERS) {
                throw UserErrorException.shortfall(
                        topic + "-" + partition
                                + ": the dead letters that were resent have too many others between them to be"
                                + " stored; resend the older ones first, with fewer of --stage, --code and --since",
                        null);
            }
            offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(ranges.firstMissing(), metadata));
        });
        if (!offsets.isEmpty()) {
            Futures.await(admin.alterConsumerGroupOffsets(group, offsets).all());
        }
    }

    private OffsetRanges ranges(int partition) {
        return sent.computeIfAbsent(partition, number -> new OffsetRanges());
    }

    @Override
    public void close() {
        admin.close();
    }
}
