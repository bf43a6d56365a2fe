package io.resnetstreams.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Reads the committed records of a topic, or of ranges of it, to its present end. */
public final class TopicScan {
    private final KafkaClients clients;

    public TopicScan(KafkaClients clients) {
        this.clients = clients;
    }

    /** Offsets of a partition, the end excluded. */
    public record Range(long begin, long end) {}

    /** Returns the present range of each partition. */
    public Map<TopicPartition, Range> ranges(String topic) {
        List<TopicPartition> partitions = clients.partitions(topic);
        try (TopicReader reader = reader()) {
            Map<TopicPartition, Long> begins = reader.beginnings(partitions);
            Map<TopicPartition, Range> ranges = new HashMap<>();
            reader.ends(partitions)
                    .forEach((partition, end) -> ranges.put(partition, new Range(begins.get(partition), end)));
            return ranges;
        }
    }

    /** Reads a topic to its present end. */
    public void scan(String topic, TopicReader.Visitor visitor) {
        scan(ranges(topic), visitor);
    }

    /** Reads ranges of partitions in offset order; throws UserErrorException if no record arrives for a minute. */
    public void scan(Map<TopicPartition, Range> ranges, TopicReader.Visitor visitor) {
        Map<TopicPartition, Long> begins = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        ranges.forEach((partition, range) -> {
            begins.put(partition, range.begin());
            ends.put(partition, range.end());
        });
        try (TopicReader reader = reader()) {
            reader.seek(begins);
            reader.readTo(ends, visitor);
        }
    }

    private TopicReader reader() {
        return new TopicReader(clients.committedReader());
    }
}
