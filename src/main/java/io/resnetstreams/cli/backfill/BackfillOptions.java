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

/** The options that say what a run does. A run that exists is joined by its name alone; what is given must be the same. */
final class BackfillOptions {
    @Option(
            names = "--from",
            paramLabel = "TIME|OFFSET|beginning",
            description = "Where the range begins: a time such as 2026-11-23T00:00:00Z, an offset (the same in each"
                    + " partition), or beginning. A time means every event whose timestamp is not before it.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TIME|OFFSET|now",
            description =
                    "Where it ends, likewise, or now, which is fixed at the start. A time means every event whose timestamp"
                            + " is before it, in whatever order they stand: partitions are read to their present ends,"
                            + " unless the topic has message.timestamp.type=LogAppendTime.")
    private String to;

    @Option(
            names = "--output",
            paramLabel = "TOPIC",
            description = "The topic of the new labels; created with the input's partitions if it is missing.")
    private String output;

    @Option(
            names = "--dead-letters",
            paramLabel = "TOPIC",
            description = "The topic of the new dead letters (default: the output's name and '-dlq').")
    private String deadLetters;

    @Option(names = "--partitions", paramLabel = "LIST", description = "Only these, such as 0,3-5 (default: all).")
    private String partitions;

    @Option(
            names = "--where",
            paramLabel = "HEADER=VALUE",
            description = "Only events with this header; repeatable, and all must be there.")
    private List<String> where = new ArrayList<>();

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            description = "Only this share of the events, chosen by their positions, so always the same.")
    private Double sample;

    @Option(names = "--allow-gaps", description = "Go on where part of the range has been deleted from the topic.")
    private boolean allowGaps;

    /** Returns whether a new run could begin with what was given. */
    boolean isComplete() {
        return from != null && to != null && output != null;
    }

    /**
     * Returns the parameters of a run.
     *
     * @param existing those of the run that is joined, for what was not given; null for a new run
     */
    BackfillParameters parameters(Configuration configuration, ModelReference model, BackfillParameters existing) {
        try {
            return existing == null ? created(configuration, model) : joined(configuration, model, existing);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private BackfillParameters created(Configuration configuration, ModelReference model) {
        require("--from", from);
        require("--to", to);
        require("--output", output);
        BackfillParameters parameters = new BackfillParameters(
                configuration.topics().input(),
                output,
                Objects.requireNonNullElse(deadLetters, output + "-dlq"),
                from,
                to,
                Objects.requireNonNullElse(partitions, PartitionSelection.ALL),
                headers(),
                Objects.requireNonNullElse(sample, 1.0),
                allowGaps,
                model,
                configuration.guarantee());
        requireOwnTopics(configuration.topics().names(), parameters);
        return parameters;
    }

    private BackfillParameters joined(Configuration configuration, ModelReference model, BackfillParameters existing) {
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
                        "--where names the header '" + header + "' twice; an event has one value of it");
            }
        }
        return headers;
    }

    /** The live topics hold one outcome for each event, and a backfill's would be second ones. */
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
