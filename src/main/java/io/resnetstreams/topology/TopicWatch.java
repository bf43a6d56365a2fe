package io.resnetstreams.topology;

import io.resnetstreams.topology.TopicCheck.MissingTopicException;
import io.resnetstreams.topology.TopicCheck.TopicFacts;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the topics and the consumer group of a running pipeline, since both can change: a topic is deleted, recreated, gets
 * more partitions or other settings; another application joins the group.
 *
 * <p>Threading: one thread calls {@link #check}; any thread may call {@link #trouble}.
 */
final class TopicWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final long TIMEOUT_MILLIS = 10_000;

    /** How long a topic may be missing, since a broker that has just started may not know all topics. */
    private static final long MISSING_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The name of Kafka Streams' partition assignor. */
    private static final String STREAMS_ASSIGNOR = "stream";

    private final Admin admin;
    private final String group;
    private final Topics topics;
    private final OutputTopics outputs;
    private final Consumer<RuntimeException> end;
    private final LongSupplier nanoTicker;
    /** The topics at the last check, in the order of {@link Topics}; empty before the first. */
    private List<TopicFacts> before = List.of();

    private long missingSinceNanos;
    private boolean isMissing;
    private String groupTrouble;
    private String topicTrouble;
    private String reportedUnfit;
    private volatile String trouble;

    TopicWatch(
            Admin admin, String group, OutputTopics outputs, Consumer<RuntimeException> end, LongSupplier nanoTicker) {
        this.admin = admin;
        this.group = group;
        this.topics = outputs.topics();
        this.outputs = outputs;
        this.end = end;
        this.nanoTicker = nanoTicker;
    }

    /** Returns why this instance can't process events, as a sentence without its full stop; empty if it can. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Returns what is wrong with the group, in the same way; only for the thread that calls {@link #check}. */
    Optional<String> groupTrouble() {
        return Optional.ofNullable(groupTrouble);
    }

    void check() throws InterruptedException {
        try {
            checkTopics();
            checkGroup();
        } catch (TimeoutException e) {
            LOG.debug("The broker does not answer", e);
        } catch (MissingTopicException e) {
            missing(e);
        }
        trouble = topicTrouble != null ? topicTrouble : groupTrouble;
    }

    private void checkTopics() throws TimeoutException, InterruptedException {
        TopicFacts input = TopicCheck.facts(admin, topics.input(), TIMEOUT_MILLIS);
        TopicFacts labels = TopicCheck.facts(admin, topics.labels(), TIMEOUT_MILLIS);
        TopicFacts deadLetters = TopicCheck.facts(admin, topics.deadLetters(), TIMEOUT_MILLIS);
        isMissing = false;
        outputs.set(labels, deadLetters);
        List<TopicFacts> now = List.of(input, labels, deadLetters);
        for (int i = 0; i < before.size(); i++) {
            compare(before.get(i), now.get(i));
        }
        before = now;
        String unfit = TopicCheck.unfit(input, labels, deadLetters);
        if (unfit != null && !unfit.equals(reportedUnfit)) {
            LOG.warn("The topics are no longer suitable: {}", unfit);
        }
        reportedUnfit = unfit;
        topicTrouble = null;
    }

    private static void compare(TopicFacts earlier, TopicFacts now) {
        if (!earlier.id().equals(now.id())) {
            LOG.warn("Topic {} was deleted and recreated: its offsets start at 0 again", now.name());
        } else if (earlier.partitions() != now.partitions()) {
            LOG.warn("Topic {} has {} partitions; it had {}", now.name(), now.partitions(), earlier.partitions());
        }
    }

    private void missing(MissingTopicException e) {
        if (!isMissing) {
            LOG.warn("{}", e.getMessage());
            isMissing = true;
            missingSinceNanos = nanoTicker.getAsLong();
        } else if (nanoTicker.getAsLong() - missingSinceNanos >= MISSING_NANOS) {
            end.accept(e);
        }
        topicTrouble = e.getMessage();
    }

    private void checkGroup() throws TimeoutException, InterruptedException {
        String now = describe().flatMap(this::conflict).orElse(null);
        if (now != null && !now.equals(groupTrouble)) {
            LOG.warn("{}", now);
        }
        groupTrouble = now;
    }

    private Optional<ConsumerGroupDescription> describe() throws TimeoutException, InterruptedException {
        try {
            return Optional.of(admin.describeConsumerGroups(Set.of(group))
                    .describedGroups()
                    .get(group)
                    .get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                LOG.debug("The group can't be described", e);
            }
            return Optional.empty();
        }
    }

    private Optional<String> conflict(ConsumerGroupDescription description) {
        if (description.members().isEmpty() || description.groupState() != GroupState.STABLE) {
            return Optional.ofNullable(groupTrouble)
                    .filter(ignored -> !description.members().isEmpty());
        }
        if (!description.partitionAssignor().equals(STREAMS_ASSIGNOR)) {
            return Optional.of("group " + group + " is used by other consumers, which assign partitions by '"
                    + description.partitionAssignor() + "'; choose another applicationId");
        }
        Set<String> assigned = description.members().stream()
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .map(TopicPartition::topic)
                .collect(Collectors.toCollection(TreeSet::new));
        if (assigned.isEmpty() || assigned.equals(Set.of(topics.input()))) {
            return Optional.empty();
        }
        return Optional.of("group " + group + " consumes " + String.join(", ", assigned) + ", and this instance "
                + topics.input() + ": instances with the same applicationId need the same topics.input");
    }
}
