package io.resnetstreams.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SingleOutcome;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The plan of a run, which is made once for all its processes.
 *
 * @param group the consumer group and application id of its processes
 * @param inputPartitions the number of partitions of the input; partitions added later are not part of the run
 * @param partitions the ranges of the selected partitions, in ascending order
 * @param labelsFrom for each partition of the output, the offset from which this run's labels may be found
 * @param createdMillis when it was made, in milliseconds since the epoch
 */
public record BackfillPlan(
        String run,
        String group,
        BackfillParameters parameters,
        int inputPartitions,
        List<PartitionRange> partitions,
        List<Long> labelsFrom,
        List<Long> deadLettersFrom,
        long createdMillis) {
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}";

    public BackfillPlan {
        partitions = List.copyOf(partitions);
        labelsFrom = List.copyOf(labelsFrom);
        deadLettersFrom = List.copyOf(deadLettersFrom);
    }

    /** Throws {@link IllegalArgumentException} if a name is no valid part of a group's and a topic's name. */
    public static void requireName(String run) {
        if (!run.matches(NAME)) {
            throw new IllegalArgumentException("--run is '" + run
                    + "'; a name has 1 to 64 of the characters a-z, A-Z, 0-9, '.', '_' and '-', and begins with a letter"
                    + " or digit");
        }
    }

    /** Returns the consumer group of a run's processes. */
    public static String group(String applicationId, String run) {
        return applicationId + "-backfill-" + run;
    }

    /** Returns the consumer group that elects one of the run's processes to audit it. */
    public String auditGroup() {
        return group + "-audit";
    }

    /** Returns a copy of an outcome's headers, with the headers of this run and its model added. */
    Headers marked(Headers headers) {
        String model = parameters.model().name() + " " + parameters.model().digest();
        return new RecordHeaders(headers)
                .add(SingleOutcome.RUN_HEADER, run.getBytes(UTF_8))
                .add(SingleOutcome.MODEL_HEADER, model.getBytes(UTF_8));
    }

    /** Returns whether an outcome has the header of this run. */
    public boolean isMarked(Headers headers) {
        return run.equals(RawEvent.headerText(headers, SingleOutcome.RUN_HEADER));
    }

    /** Returns the offset from which this run's labels may be found in a partition of the output. */
    long labelsFrom(int partition) {
        return partition < labelsFrom.size() ? labelsFrom.get(partition) : 0;
    }

    /** Returns the offset from which this run's dead letters may be found in a partition of their topic. */
    long deadLettersFrom(int partition) {
        return partition < deadLettersFrom.size() ? deadLettersFrom.get(partition) : 0;
    }

    /** Returns the number of offsets to read, which is at least the number of events. */
    @JsonIgnore
    public long offsets() {
        return partitions.stream().mapToLong(PartitionRange::offsets).sum();
    }

    /**
     * The range of a run in one partition.
     *
     * @param to the offset behind the last one
     * @param lastEvent the offset of the last event of the range, -1 if there is none; it may lie well before {@code to}, since
     *     transaction markers, aborted records, and records that compaction removed take offsets too
     */
    public record PartitionRange(int partition, long from, long to, long lastEvent) {
        /** The value of {@code lastEvent} for no event. */
        static final long NONE = -1;

        /** Returns the offset behind the last event; {@code from} if there is none. */
        @JsonIgnore
        public long end() {
            return lastEvent == NONE ? from : lastEvent + 1;
        }

        /** Returns the number of offsets to the last event, which is at least the number of events. */
        @JsonIgnore
        public long offsets() {
            return end() - from;
        }

        /** Returns the number of these offsets that are done, given the committed offset of the group. */
        long done(long committed) {
            return Math.max(0, Math.min(committed, end()) - from);
        }
    }
}
