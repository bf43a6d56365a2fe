package io.resnetstreams.backfill;

import io.resnetstreams.events.LabelEvent.ModelReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameters of a run, which must be equal for all its processes.
 *
 * @param input the topic whose events are relabelled
 * @param from the beginning of the range, as the text of a {@link Boundary}, as {@code to} is
 * @param partitions as the text of a {@link PartitionSelection}
 * @param where headers that an event must have
 * @param sample the share of events to relabel, greater than 0 and at most 1
 * @param allowGaps whether events of the range may be missing
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

    /** Checks the range without reading a topic, as {@link Boundary#requireRange} does. */
    public void requireRange(long nowMillis) {
        Boundary.requireRange(Boundary.from(from), Boundary.to(to), nowMillis);
    }

    /** Returns whether the range begins or ends at a time. */
    public boolean isByTime() {
        return Boundary.from(from).kind() == Boundary.Kind.TIME
                || Boundary.to(to).kind() == Boundary.Kind.TIME;
    }

    /** Returns the selection of events of the range. */
    public EventSelection selection() {
        return new EventSelection(Boundary.from(from), Boundary.to(to), where, sample);
    }

    /** Returns the differences of other parameters from these, each with both values. */
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
