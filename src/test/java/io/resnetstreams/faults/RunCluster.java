package io.resnetstreams.faults;

import static org.awaitility.Awaitility.await;

import io.resnetstreams.topology.StreamsProperties;
import io.resnetstreams.topology.TopicCheck;
import io.resnetstreams.topology.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** The topics and the consumer group of one run, as the broker reports them. */
final class RunCluster implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(300);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration QUIET_TIME = Duration.ofSeconds(10);

    private final Admin admin;
    private final String group;
    private final Topics topics;

    RunCluster(String bootstrap, String group, Topics topics) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        this.group = group;
        this.topics = topics;
    }

    void createTopics(int partitions) throws ExecutionException, InterruptedException {
        List<String> names = List.of(topics.input(), topics.labels(), topics.deadLetters());
        admin.createTopics(names.stream()
                        .map(name -> new NewTopic(name, partitions, (short) 1)
                                .configs(Map.of(
                                        "max.message.bytes",
                                        Integer.toString(MAX_MESSAGE_BYTES + StreamsProperties.OUTCOME_HEADROOM_BYTES),
                                        "message.timestamp.after.max.ms",
                                        Long.toString(Long.MAX_VALUE))))
                        .toList())
                .all()
                .get();
        for (String name : names) {
            TopicCheck.awaitLeaders(admin, name, partitions);
        }
    }

    void set(String topic, Map<String, String> settings) throws ExecutionException, InterruptedException {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        settings.entrySet().stream()
                                .map(setting -> new AlterConfigOp(
                                        new ConfigEntry(setting.getKey(), setting.getValue()),
                                        AlterConfigOp.OpType.SET))
                                .toList()))
                .all()
                .get();
    }

    private Stream<MemberDescription> members(String clientId) throws ExecutionException, InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
                    .filter(member -> member.clientId().startsWith(clientId));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                // No instance has joined yet.
                return Stream.empty();
            }
            throw e;
        }
    }

    boolean isMember(String clientId) throws ExecutionException, InterruptedException {
        return members(clientId).findAny().isPresent();
    }

    /** Returns the partitions of the members whose client id has this prefix. */
    Collection<Integer> partitionsOf(String clientId) throws ExecutionException, InterruptedException {
        return members(clientId)
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .map(TopicPartition::partition)
                .toList();
    }

    /**
     * Waits until the group has committed all events and no open transaction hides an outcome.
     *
     * @param check called again and again; an error that it throws ends the wait
     */
    void awaitNoLag(Runnable check) {
        await("the group to catch up")
                .atMost(LONGEST_WAIT)
                .pollInterval(POLL)
                .ignoreExceptions()
                .until(() -> {
                    check.run();
                    Map<TopicPartition, Long> committed = new HashMap<>();
                    admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .forEach((partition, offset) -> committed.put(partition, offset.offset()));
                    return committed.equals(ends(List.of(topics.input()), IsolationLevel.READ_UNCOMMITTED));
                });
        awaitNoOpenTransaction();
    }

    long deleteAll() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = ends(List.of(topics.input()), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        long unread = 0;
        Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            unread += end.getValue() - committed.get(end.getKey()).offset();
            deletions.put(end.getKey(), RecordsToDelete.beforeOffset(end.getValue()));
        }
        admin.deleteRecords(deletions).all().get();
        return unread;
    }

    /** Waits until no more outcomes come; for runs that lose events. */
    void awaitNoMoreOutcomes(OutcomeWatch watch) {
        long[] last = {-1, System.nanoTime()};
        await("no more outcomes").atMost(LONGEST_WAIT).pollInterval(POLL).until(() -> {
            long now = watch.count();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > QUIET_TIME.toNanos();
        });
    }

    /** Returns the end offsets of the output partitions, uncommitted records included. */
    Map<TopicPartition, Long> outputEnds() throws ExecutionException, InterruptedException {
        return ends(List.of(topics.labels(), topics.deadLetters()), IsolationLevel.READ_UNCOMMITTED);
    }

    void awaitNoOpenTransaction() {
        List<String> outputs = List.of(topics.labels(), topics.deadLetters());
        await("no open transactions").atMost(LONGEST_WAIT).pollInterval(POLL).until(() -> ends(
                        outputs, IsolationLevel.READ_COMMITTED)
                .equals(ends(outputs, IsolationLevel.READ_UNCOMMITTED)));
    }

    /** Returns the offsets of the group and the ends of all topics, or why the broker does not tell them. */
    String describe() {
        List<String> all = List.of(topics.input(), topics.labels(), topics.deadLetters());
        try {
            return "committed: "
                    + admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get()
                    + "\nlast stable offsets: " + ends(all, IsolationLevel.READ_COMMITTED) + "\nends: "
                    + ends(all, IsolationLevel.READ_UNCOMMITTED) + '\n';
        } catch (ExecutionException e) {
            return "the broker does not answer: " + e.getCause() + '\n';
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private Map<TopicPartition, Long> ends(List<String> names, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        admin.describeTopics(names).allTopicNames().get().forEach((name, description) -> description
                .partitions()
                .forEach(
                        partition -> wanted.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(wanted, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    @Override
    public void close() {
        admin.close();
    }
}
