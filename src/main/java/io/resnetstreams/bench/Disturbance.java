package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Marks figures that can't be right or are not comparable. A pipeline does all the work of its network alone and more, so it can't
 * be faster: since the two are measured in turn, something else slowed down one of them. See also {@link MachineLoad}.
 */
public final class Disturbance {
    /** The figure that says that the figures beside it were disturbed. */
    static final String FIGURE = "disturbed";

    /** Two measurements of the same rate differ by less. */
    private static final double CERTAINLY_FASTER = 1.01;

    private static final String MESSAGE = "the pipeline is faster than the network alone, which is its upper limit:"
            + " something else ran on the machine, or the measurement was too short; measure again";

    private Disturbance() {}

    /** Adds the mark to the figures of a pipeline if they are above the ceiling. */
    static void mark(Map<String, Object> figures, double toCeiling) {
        if (toCeiling > CERTAINLY_FASTER) {
            figures.put(FIGURE, MESSAGE);
        }
    }

    /** Adds the mark because of something else; a mark that is there already stays. */
    static void mark(Map<String, Object> figures, String reason) {
        figures.merge(FIGURE, reason, (before, more) -> before + "; " + more);
    }

    /** Returns whether a figure is a mark, by its path in the JSON. */
    static boolean isMark(String path) {
        return path.equals(FIGURE) || path.endsWith("." + FIGURE);
    }

    /** Returns the marks in the figures, nested ones with their path; empty if there are none. */
    public static List<String> of(Map<String, ?> figures) {
        List<String> found = new ArrayList<>();
        find(figures, "", found);
        return found;
    }

    private static void find(Map<?, ?> figures, String path, List<String> found) {
        figures.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                find(inner, path + name + ": ", found);
            } else if (FIGURE.equals(name)) {
                found.add(path + value);
            }
        });
    }
}
