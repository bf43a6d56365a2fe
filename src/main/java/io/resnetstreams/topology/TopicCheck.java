package io.resnetstreams.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the topics before the pipeline starts, so that it reports a missing or unsuitable topic instead of waiting. */
public final class TopicCheck {
    /** A dead letter without its event's content is smaller than this, including all added headers. */
    static final int SMALLEST_MESSAGE_BYTES = 16 * 1024;

    private static final long SHORTEST_TIMESTAMP_MILLIS = 60_000;
    private static final List<String> TIMESTAMP_SETTINGS = List.of(
            TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG);

    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration BACKOFF = Duration.ofMillis(50);

    private TopicCheck() {}

    /** A topic that the pipeline needs does not exist; the message names it. */
    public static final class MissingTopicException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        MissingTopicException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The description of a topic.
     *
     * @param id differs from that of a deleted topic with the same name
     * @param configuration the topic's settings by Kafka's names; empty if this user is not allowed to describe them
     */
    record TopicFacts(String name, Uuid id, int partitions, Optional<Map<String, String>> configuration) {
        boolean isCompacted() {
            return setting(TopicConfig.CLEANUP_POLICY_CONFIG).orElse("").contains(TopicConfig.CLEANUP_POLICY_COMPACT);
        }

        /** Returns the largest batch that the topic accepts, in bytes; empty if it is not known. */
        Optional<Long> maxMessageBytes() {
            return setting(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).map(Long::valueOf);
        }

        Optional<String> setting(String name) {
            return configuration.map(settings -> settings.get(name));
        }

        /** Returns a limit of timestamps in milliseconds; the largest number if there is none, or it is not known. */
        long timestampLimit(String name) {
            boolean brokerSetsThem = setting(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                    .orElse("")
                    .equals("LogAppendTime");
            return brokerSetsThem
                    ? Long.MAX_VALUE
                    : setting(name).map(Long::valueOf).orElse(Long.MAX_VALUE);
        }
    }

    /**
     * Checks that all topics exist, that the outputs have at least the input's partitions, and that their settings allow one
     * outcome for each event.
     *
     * @return the number of input partitions
     * @throws IllegalArgumentException if a topic is missing or unsuitable; the message names it, the setting and the allowed values
     * @throws TimeoutException if the broker does not answer in time
     * @throws org.apache.kafka.common.errors.ApiException if the broker refuses the connection or denies the description
     */
    public static int check(Admin admin, Topics topics, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        TopicFacts input = facts(admin, topics.input(), timeoutMillis);
        TopicFacts labels = facts(admin, topics.labels(), timeoutMillis);
        TopicFacts deadLetters = facts(admin, topics.deadLetters(), timeoutMillis);
        String reason = unfit(input, labels, deadLetters);
        if (reason != null) {
            throw new IllegalArgumentException(reason);
        }
        warnings(input, labels, deadLetters).forEach(LOG::warn);
        return input.partitions();
    }

    /** Returns why the pipeline can't keep its guarantee with these topics; null if it can. */
    static String unfit(TopicFacts input, TopicFacts labels, TopicFacts deadLetters) {
        for (TopicFacts output : List.of(labels, deadLetters)) {
            String topic = "topic '" + output.name() + "' has ";
            if (output.partitions() < input.partitions()) {
                return topic + output.partitions() + " partitions and the input '" + input.name() + "' has "
                        + input.partitions()
                        + "; at least as many are needed, since outcomes are written to their event's partition";
            }
            long bytes = output.maxMessageBytes().orElse(Long.MAX_VALUE);
            if (bytes < SMALLEST_MESSAGE_BYTES) {
                return topic + "max.message.bytes=" + bytes + "; at least " + SMALLEST_MESSAGE_BYTES
                        + " are needed, for a dead letter's headers";
            }
            for (String setting : TIMESTAMP_SETTINGS) {
                long millis = output.timestampLimit(setting);
                if (millis < SHORTEST_TIMESTAMP_MILLIS) {
                    return topic + setting + "=" + millis + "; at least " + SHORTEST_TIMESTAMP_MILLIS
                            + " are needed, since outcomes wait for their commit and clocks differ";
                }
            }
        }
        if (!deadLetters.isCompacted()) {
            return null;
        }
        return "topic '" + deadLetters.name() + "' has cleanup.policy="
                + deadLetters.setting("cleanup.policy").orElseThrow()
                + "; it must not contain 'compact', since compaction removes dead letters and refuses those without a key";
    }

    private static List<String> warnings(TopicFacts input, TopicFacts labels, TopicFacts deadLetters) {
        List<String> warnings = new ArrayList<>();
        if (labels.isCompacted()) {
            warnings.add("Topic " + labels.name() + " has cleanup.policy="
                    + labels.setting("cleanup.policy").orElse("")
                    + ": it only keeps the last label of each key, and events without a key become dead letters");
        }
        long inputBytes = input.maxMessageBytes().orElse(0L);
        for (TopicFacts output : List.of(labels, deadLetters)) {
            long bytes = output.maxMessageBytes().orElse(Long.MAX_VALUE);
            if (bytes < inputBytes) {
                warnings.add("Topic " + output.name() + " has max.message.bytes=" + bytes + ", the input "
                        + input.name() + " " + inputBytes + ": "
                        + (output == labels
                                ? "events whose label does not fit become dead letters"
                                : "dead letters that do not fit omit the key, value and headers of their event"));
            }
            if (output.configuration().isEmpty()) {
                warnings.add(
                        "The settings of topic " + output.name()
                                + " are not known, since the ACLs deny DescribeConfigs: its limits are detected when it refuses records");
            }
        }
        return warnings;
    }

    /**
     * Waits until each partition of a new topic accepts records. A producer that sends several batches to a partition before
     * that can fail permanently: its second batch arrives first, and the sequence number of the first one is never accepted
     * (Kafka 4.3).
     */
    public static void awaitLeaders(Admin admin, String topic, int partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get();
                // Only a leader answers this request, and the client retries until there is one.
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                // The client does not retry if the broker does not know the topic yet.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(BACKOFF.toMillis());
            }
        }
    }

    /** Returns the number of partitions of a topic; throws as {@link #check} does. */
    public static int partitions(Admin admin, String topic, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        return description(admin, topic, timeoutMillis).partitions().size();
    }

    /** Describes a topic; throws as {@link #check} does. */
    static TopicFacts facts(Admin admin, String topic, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        TopicDescription description = description(admin, topic, timeoutMillis);
        return new TopicFacts(
                topic,
                description.topicId(),
                description.partitions().size(),
                configuration(admin, topic, timeoutMillis));
    }

    private static Optional<Map<String, String>> configuration(Admin admin, String topic, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        DescribeConfigsOptions options = new DescribeConfigsOptions().timeoutMs(Math.toIntExact(timeoutMillis));
        try {
            Config configuration = admin.describeConfigs(List.of(resource), options)
                    .values()
                    .get(resource)
                    .get(timeoutMillis, TimeUnit.MILLISECONDS);
            return Optional.of(configuration.entries().stream()
                    .filter(entry -> entry.value() != null)
                    .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Optional.empty();
            }
            throw failure(topic, timeoutMillis, e);
        }
    }

    private static TopicDescription description(Admin admin, String topic, long timeoutMillis)
            throws TimeoutException, InterruptedException {
        DescribeTopicsOptions options = new DescribeTopicsOptions().timeoutMs(Math.toIntExact(timeoutMillis));
        try {
            return admin.describeTopics(List.of(topic), options)
                    .topicNameValues()
                    .get(topic)
                    .get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(topic, timeoutMillis, e);
        }
    }

    private static RuntimeException failure(String topic, long timeoutMillis, ExecutionException e)
            throws TimeoutException {
        Throwable cause = e.getCause();
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new MissingTopicException(
                    "topic '" + topic + "' does not exist; 'resnet-streams topics' creates what the pipeline needs", e);
        }
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            throw new TimeoutException("no answer within " + timeoutMillis + " ms");
        }
        if (cause instanceof TopicAuthorizationException) {
            return new TopicAuthorizationException(Set.of(topic));
        }
        return cause instanceof AuthenticationException refusal
                ? refusal
                : new IllegalStateException("cannot describe topic '" + topic + "': " + cause.getMessage(), e);
    }
}
