package io.resnetstreams.cli.backfill;

import io.resnetstreams.common.Text;
import io.resnetstreams.compare.ClassChanges.Change;
import io.resnetstreams.compare.ComparisonResult;
import io.resnetstreams.compare.ComparisonResult.Event;
import io.resnetstreams.compare.ComparisonResult.Shift;
import io.resnetstreams.compare.ComparisonResult.Side;
import io.resnetstreams.compare.ComparisonResult.SureChange;
import java.io.PrintStream;
import java.util.List;

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
        printCounts(out, result);
        printChanges(out, result, pairs);
        printSurestChanges(out, result.surestChanges());
        printShifts(out, result.shifts());
        printEvents(out, "only in A", result.onlyInA(), result.examples().onlyInA());
        printEvents(out, "only in B", result.onlyInB(), result.examples().onlyInB());
        printEvents(
                out,
                "with a dead letter in A and a label in B",
                result.deadLetterOnlyInA(),
                result.examples().deadLetterOnlyInA());
        printEvents(
                out,
                "with a label in A and a dead letter in B",
                result.deadLetterOnlyInB(),
                result.examples().deadLetterOnlyInB());
        result.examples().malformed().forEach(place -> out.println("malformed: " + place));
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

    private static void printCounts(PrintStream out, ComparisonResult result) {
        if (result.compared() > 0) {
            // Rounded down, so that 100 % means all.
            long agreed = result.compared() - result.changed();
            out.printf(
                    "%,d compared: %.2f %% agree, %,d changed%n",
                    result.compared(), agreed * 10_000 / result.compared() / 100.0, result.changed());
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
                .forEach(change ->
                        out.printf("%s %s %,10d%n", label(change.from()), label(change.to()), change.count()));
        long further = changes.stream().skip(pairs).mapToLong(Change::count).sum() + result.uncountedChanges();
        if (further > 0) {
            out.printf("%-" + (2 * LABEL_WIDTH + 1) + "s %,10d%n", "all other pairs", further);
        }
    }

    private static void printSurestChanges(PrintStream out, List<SureChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        out.printf("%nmost confident changes%n");
        for (SureChange change : changes) {
            out.printf(
                    "%s %s %5.1f %%  %s %5.1f %%  %s%n",
                    place(change.source()),
                    label(change.from()),
                    change.probabilityA() * 100,
                    label(change.to()),
                    change.probabilityB() * 100,
                    Text.shorten(change.id(), ID_WIDTH));
        }
    }

    private static void printShifts(PrintStream out, List<Shift> shifts) {
        if (shifts.isEmpty()) {
            return;
        }
        out.printf("%nlargest shifts of probability with the same label%n");
        for (Shift shift : shifts) {
            out.printf(
                    "%s %s %5.1f %% → %5.1f %%  %s%n",
                    place(shift.source()),
                    label(shift.label()),
                    shift.probabilityA() * 100,
                    shift.probabilityB() * 100,
                    Text.shorten(shift.id(), ID_WIDTH));
        }
    }

    private static void printEvents(PrintStream out, String what, long count, List<Event> examples) {
        if (count == 0) {
            return;
        }
        out.printf("%n%s %s%n", Text.count(count, "event"), what);
        examples.forEach(event -> out.printf(
                "%s %s%n", place(event.source()), event.id() == null ? "" : Text.shorten(event.id(), ID_WIDTH)));
    }

    private static String label(String label) {
        return String.format("%-" + LABEL_WIDTH + "s", Text.shorten(label, LABEL_WIDTH));
    }

    private static String place(String source) {
        return String.format("%-" + PLACE_WIDTH + "s", Text.shorten(source, PLACE_WIDTH));
    }
}
