package io.resnetstreams.backfill;

import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run was asked to do; all its processes must mean the same.
 *
 * @param input the topic whose events get new labels
 * @param output the topic of the labels
 * @param deadLetters the topic of the dead letters
 * @param from where it begins, in the words of {@link Boundary}
 * @param to where it ends, likewise
 * @param partitions as {@link PartitionSelection} reads it
 * @param where headers that an event must have
 * @param sample the share of events that are taken, greater than 0 and at most 1
 * @param allowGaps whether events of the range may be gone
 * @param guarantee that of the pipeline
 */
public record BackfillParameters(
        String input,
        String output,
        String deadLetters,
        String from,
        String to,
        String partitions,
        Map<String, String> where,
        double sample,
        boolean allowGaps,
        ModelReference model,
        String guarantee) {
    public BackfillParameters {
        from = Boundary.from(from).toString();
        to = Boundary.to(to).toString();
        partitions = new PartitionSelection(partitions).toString();
        where = new TreeMap<>(where);
        if (!(sample > 0 && sample <= 1)) {
            throw new IllegalArgumentException("--sample is " + sample + "; it must be greater than 0 and at most 1");
        }
    }

    /**
     * Checks that the range has its beginning before its end, as far as that can be said without looking at a topic.
     *
     * @throws IllegalArgumentException if it is empty, or reaches into the future
     */
    public void requireRange(long nowMillis) {
        Boundary.requireRange(Boundary.from(from), Boundary.to(to), nowMillis);
    }

    /** Returns whether the range has a time at one of its ends. */
    public boolean isByTime() {
        return Boundary.from(from).kind() == Boundary.Kind.TIME
                || Boundary.to(to).kind() == Boundary.Kind.TIME;
    }

    /** Returns which events of the range are meant. */
    public EventSelection selection() {
        return new EventSelection(Boundary.from(from), Boundary.to(to), where, sample);
    }

    /** Returns how other parameters differ from these, each difference with both values; empty where they are the same. */
    public List<String> differences(BackfillParameters other) {
        Map<String, String> mine = byOption();
        List<String> differences = new ArrayList<>();
        other.byOption().forEach((option, value) -> {
            if (!mine.get(option).equals(value)) {
                differences.add(option + " is " + value + ", not " + mine.get(option));
            }
        });
        return differences;
    }

    private Map<String, String> byOption() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--input", input);
        options.put("--output", output);
        options.put("--dead-letters", deadLetters);
        options.put("--from", from);
        options.put("--to", to);
        options.put("--partitions", partitions);
        options.put("--where", where.toString());
        options.put("--sample", Double.toString(sample));
        options.put("--allow-gaps", Boolean.toString(allowGaps));
        options.put("--model", model.name() + " " + model.digest());
        options.put("guarantee", guarantee);
        return options;
    }
}
