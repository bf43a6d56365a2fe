package io.resnetstreams.cli.backfill;

import io.resnetstreams.common.Text;
import io.resnetstreams.compare.ClassChanges.Change;
import io.resnetstreams.compare.ComparisonResult;
import io.resnetstreams.compare.ComparisonResult.Event;
import io.resnetstreams.compare.ComparisonResult.Side;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** Prints a comparison as text. */
final class ComparisonText {
    private static final int LABEL_WIDTH = 20;
    private static final int PLACE_WIDTH = 28;
    private static final int ID_WIDTH = 40;

    private ComparisonText() {}

    /** Prints the comparison with at most {@code pairs} pairs of labels. */
    static void print(PrintStream out, ComparisonResult result, int pairs) {
        printSide(out, "A", result.a());
        printSide(out, "B", result.b());
        if (result.compared() > 0) {
            // Rounded down, so that 100 % means all.
            long agreed = result.compared() - result.changed();
            out.printf(
                    "%,d compared: %.2f %% agree, %,d changed%n",
                    result.compared(), agreed * 10_000 / result.compared() / 100.0, result.changed());
        }
        if (result.changedImages() > 0) {
            out.printf(
                    "%,d not compared, since their URI had another image for B; %,d of them have another label%n",
                    result.changedImages(), result.changedImagesWithOtherLabel());
        }
        printChanges(out, result, pairs);
        printRows(
                out,
                "most confident changes",
                result.surestChanges(),
                change -> place(change.source()) + label(change.from()) + percent(change.probabilityA()) + " "
                        + label(change.to()) + percent(change.probabilityB()) + " " + id(change.id()));
        printRows(
                out,
                "largest shifts of probability with the same label",
                result.shifts(),
                shift -> place(shift.source()) + label(shift.label()) + percent(shift.probabilityA()) + "→ "
                        + percent(shift.probabilityB()) + " " + id(shift.id()));
        ComparisonResult.Places examples = result.examples();
        printEvents(out, result.onlyInA(), "only in A", examples.onlyInA());
        printEvents(out, result.onlyInB(), "only in B", examples.onlyInB());
        printEvents(
                out,
                result.deadLetterOnlyInA(),
                "with a dead letter in A and a label in B",
                examples.deadLetterOnlyInA());
        printEvents(
                out,
                result.deadLetterOnlyInB(),
                "with a label in A and a dead letter in B",
                examples.deadLetterOnlyInB());
        examples.malformed().forEach(place -> out.println("malformed: " + place));
    }

    private static void printSide(PrintStream out, String name, Side side) {
        out.printf(
                "%s  %s: %s, %s%n",
                name,
                side.topics().labels(),
                Text.count(side.labels(), "label"),
                side.deadLetters() == null ? "dead letters unknown" : Text.count(side.deadLetters(), "dead letter"));
        printLeftOut(out, side.duplicates(), "are duplicates or out of order");
        printLeftOut(out, side.misplaced(), "are not in the partition of their source");
        printLeftOut(out, side.malformed(), "can't be parsed");
    }

    private static void printLeftOut(PrintStream out, long count, String why) {
        if (count > 0) {
            out.printf("   ignored: %,d that %s%n", count, why);
        }
    }

    private static void printChanges(PrintStream out, ComparisonResult result, int pairs) {
        List<Change> changes = result.changes();
        if (changes.isEmpty()) {
            return;
        }
        out.printf("%n%-" + LABEL_WIDTH + "s %-" + LABEL_WIDTH + "s %10s%n", "label in A", "in B", "events");
        changes.stream()
                .limit(pairs)
                .forEach(change -> out.printf("%s%s%,10d%n", label(change.from()), label(change.to()), change.count()));
        long further = changes.stream().skip(pairs).mapToLong(Change::count).sum() + result.uncountedChanges();
        if (further > 0) {
            out.printf("%-" + (2 * LABEL_WIDTH + 1) + "s %,10d%n", "all other pairs", further);
        }
    }

    private static void printEvents(PrintStream out, long count, String what, List<Event> examples) {
        if (count > 0) {
            printRows(
                    out,
                    Text.count(count, "event") + " " + what,
                    examples,
                    event -> place(event.source()) + (event.id() == null ? "" : id(event.id())));
        }
    }

    private static <T> void printRows(PrintStream out, String title, List<T> rows, Function<T, String> text) {
        if (!rows.isEmpty()) {
            out.printf("%n%s%n", title);
            rows.forEach(row -> out.println(text.apply(row)));
        }
    }

    private static String label(String label) {
        return String.format("%-" + LABEL_WIDTH + "s ", Text.shorten(label, LABEL_WIDTH));
    }

    private static String place(String source) {
        return String.format("%-" + PLACE_WIDTH + "s ", Text.shorten(source, PLACE_WIDTH));
    }

    private static String id(String id) {
        return Text.shorten(id, ID_WIDTH);
    }

    private static String percent(double share) {
        return String.format("%5.1f %% ", share * 100);
    }
}
