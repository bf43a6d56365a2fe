package io.resnetstreams.cli;

import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.kafka.TopicScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;

/** The model of each label on a topic, in partition order. */
final class LabelDigests {
    /** A label's offset and the digest of its model. */
    record Stamp(long offset, String digest) {}

    private final Map<Integer, List<Stamp>> partitions = new TreeMap<>();

    /** Reads the labels that are on the topic now. */
    static LabelDigests read(Configuration configuration) {
        String topic = configuration.topics().labels();
        LabelDigests digests = new LabelDigests();
        try (Deserializer<LabelEvent> deserializer = LabelEvent.deserializer()) {
            new TopicScan(new KafkaClients(configuration.connection()))
                    .scan(topic, TopicReader.Visitor.ofAll(record -> {
                        LabelEvent label = deserializer.deserialize(topic, record.value());
                        digests.partitions
                                .computeIfAbsent(record.partition(), number -> new ArrayList<>())
                                .add(new Stamp(record.offset(), label.model().digest()));
                    }));
        }
        return digests;
    }

    /** Returns the digests of the labels before these offsets. */
    List<String> before(Map<TopicPartition, Long> ends) {
        return digests(ends, true);
    }

    /** Returns the digests of the labels at or after these offsets. */
    List<String> from(Map<TopicPartition, Long> begins) {
        return digests(begins, false);
    }

    private List<String> digests(Map<TopicPartition, Long> borders, boolean before) {
        List<String> found = new ArrayList<>();
        borders.forEach((partition, border) -> partitions.getOrDefault(partition.partition(), List.of()).stream()
                .filter(stamp -> before == stamp.offset() < border)
                .forEach(stamp -> found.add(stamp.digest())));
        return found;
    }

    /** Returns each partition's digests in order, with consecutive repetitions removed. */
    Map<Integer, List<String>> sequences() {
        return partitions.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> sequence(entry.getValue())));
    }

    private static List<String> sequence(List<Stamp> stamps) {
        List<String> sequence = new ArrayList<>();
        for (Stamp stamp : stamps) {
            if (sequence.isEmpty() || !sequence.get(sequence.size() - 1).equals(stamp.digest())) {
                sequence.add(stamp.digest());
            }
        }
        return sequence;
    }
}
