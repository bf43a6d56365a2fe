package io.resnetstreams.cli.backfill;

import io.resnetstreams.backfill.BackfillParameters;
import io.resnetstreams.backfill.PartitionSelection;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.topology.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Option;

/** The parameters of a run. They may be omitted for an existing run; those that are given must match it. */
final class BackfillOptions {
    @Option(
            names = "--from",
            paramLabel = "TIME|OFFSET|beginning",
            description =
                    "Start of the range: a time such as 2026-11-23T00:00:00Z, an offset (the same in each partition), or"
                            + " beginning. A time selects all events with a timestamp at or after it.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TIME|OFFSET|now",
            description =
                    "End of the range: a time, an offset, or now, the end of the topic when the run starts. A time"
                            + " selects all events with an earlier timestamp. Since timestamps may be out of order, partitions are"
                            + " read up to their current ends, unless the topic has message.timestamp.type=LogAppendTime.")
    private String to;

    @Option(
            names = "--output",
            paramLabel = "TOPIC",
            description =
                    "Topic for the new labels; created with the partitions of the input topic if it does not exist.")
    private String output;

    @Option(
            names = "--dead-letters",
            paramLabel = "TOPIC",
            description = "Topic for the new dead letters (default: the output topic's name with '-dlq' appended).")
    private String deadLetters;

    @Option(
            names = "--partitions",
            paramLabel = "LIST",
            description = "Partitions to read, such as 0,3-5 (default: all).")
    private String partitions;

    @Option(
            names = "--where",
            paramLabel = "HEADER=VALUE",
            description = "Only events with this header; repeatable, and all must match.")
    private List<String> where = new ArrayList<>();

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            description =
                    "Share of the events to read, between 0 and 1. The selection depends only on the events' positions.")
    private Double sample;

    @Option(names = "--allow-gaps", description = "Continue if part of the range was deleted from the topic.")
    private boolean allowGaps;

    /** Returns whether the options are sufficient for a new run. */
    boolean isComplete() {
        return from != null && to != null && output != null;
    }

    /** Returns the parameters of a run. Omitted options are those of the existing run, which is null for a new one. */
    BackfillParameters parameters(Configuration configuration, ModelReference model, BackfillParameters existing) {
        try {
            BackfillParameters parameters =
                    withOptions(existing == null ? defaults(configuration, model) : existing, configuration, model);
            if (existing == null) {
                requireOwnTopics(configuration.topics(), parameters);
            }
            return parameters;
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private BackfillParameters defaults(Configuration configuration, ModelReference model) {
        require("--from", from);
        require("--to", to);
        require("--output", output);
        return new BackfillParameters(
                configuration.topics().input(),
                output,
                output + "-dlq",
                from,
                to,
                PartitionSelection.ALL,
                Map.of(),
                1,
                false,
                model,
                configuration.guarantee());
    }

    private BackfillParameters withOptions(
            BackfillParameters existing, Configuration configuration, ModelReference model) {
        return new BackfillParameters(
                configuration.topics().input(),
                Objects.requireNonNullElse(output, existing.output()),
                Objects.requireNonNullElse(deadLetters, existing.deadLetters()),
                Objects.requireNonNullElse(from, existing.from()),
                Objects.requireNonNullElse(to, existing.to()),
                Objects.requireNonNullElse(partitions, existing.partitions()),
                where.isEmpty() ? existing.where() : headers(),
                Objects.requireNonNullElse(sample, existing.sample()),
                allowGaps || existing.allowGaps(),
                model,
                configuration.guarantee());
    }

    private static void require(String option, String value) {
        if (value == null) {
            throw new IllegalArgumentException(option + " is missing; a new run needs --from, --to and --output");
        }
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        for (String condition : where) {
            int equals = condition.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--where is '" + condition + "'; HEADER=VALUE is needed, such as camera=north");
            }
            String header = condition.substring(0, equals);
            if (headers.put(header, condition.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(
                        "--where names the header '" + header + "' twice; name each header once");
            }
        }
        return headers;
    }

    /** Refuses the live topics, which must have only one outcome for each event. */
    private static void requireOwnTopics(Topics live, BackfillParameters parameters) {
        requireOther("--output", parameters.output(), live);
        requireOther("--dead-letters", parameters.deadLetters(), live);
        if (parameters.output().equals(parameters.deadLetters())) {
            throw new IllegalArgumentException(
                    "--output and --dead-letters are both '" + parameters.output() + "'; they must differ");
        }
    }

    private static void requireOther(String option, String topic, Topics live) {
        String role = topic.equals(live.input())
                ? "the input"
                : topic.equals(live.labels())
                        ? "the live labels"
                        : topic.equals(live.deadLetters()) ? "the live dead letters" : null;
        if (role != null) {
            throw new IllegalArgumentException(
                    option + " is '" + topic + "', the topic of " + role + "; a topic of its own is needed");
        }
        Topics.requireName(option, topic);
    }
}
