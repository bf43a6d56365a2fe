package io.resnetstreams.faults;

import io.resnetstreams.topology.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The report {@code target/faults-GUARANTEE.md}: the faults and their results. It is rewritten after each run. */
final class FaultReport {
    private final long seed;
    private final Guarantee guarantee;
    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> controls = new ArrayList<>();

    private record Entry(Fault fault, FaultRow row) {}

    FaultReport(long seed, Guarantee guarantee) {
        this.seed = seed;
        this.guarantee = guarantee;
        this.file = Path.of("target", "faults-" + guarantee.property() + ".md");
    }

    void add(Fault fault, FaultRow row) throws IOException {
        entries.add(new Entry(fault, row));
        System.out.print(row.line(fault.title()));
        write();
    }

    void add(Control control, FaultRow row) throws IOException {
        controls.add(String.format(
                Locale.ROOT,
                "| %s | %,d | %d | %,d %s |%n",
                control.title(),
                row.audit().events(),
                row.kills(),
                control.found(row.audit()),
                control.called()));
        System.out.print(controls.get(controls.size() - 1));
        write();
    }

    /** Returns how many events all faults had, without the controls. */
    int events() {
        return entries.stream().mapToInt(entry -> entry.row().audit().events()).sum();
    }

    /** Returns how many processes were killed by SIGKILL, without the controls. */
    int kills() {
        return entries.stream().mapToInt(entry -> entry.row().kills()).sum();
    }

    /** Returns the median time to the first new label in seconds; NaN if no run finished. */
    double medianRecovery(Fault fault) {
        double[] seconds = seconds(fault);
        return seconds.length == 0 ? Double.NaN : seconds[seconds.length / 2];
    }

    private double[] seconds(Fault fault) {
        return entries.stream()
                .filter(entry -> entry.fault() == fault)
                .flatMap(entry -> entry.row().recoveries().stream())
                .mapToDouble(OutcomeWatch.Recovery::first)
                .sorted()
                .toArray();
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT, "Seed %d: %,d events, %d processes killed with `kill -9`.%n%n", seed, events(), kills()));
        text.append(FaultRow.HEADING);
        entries.forEach(entry -> text.append(entry.row().line(entry.fault().title())));
        text.append(String.format("%nSeconds to the first new label after each fault:%n%n"));
        Stream.of(Fault.KILL_ONE, Fault.KILL_BROKER).forEach(fault -> {
            text.append("- ")
                    .append(fault.title())
                    .append(", `")
                    .append(guarantee.property())
                    .append("`:");
            for (double second : seconds(fault)) {
                text.append(String.format(Locale.ROOT, " %.1f", second));
            }
            text.append(System.lineSeparator());
        });
        text.append(String.format("%n| built-in defect | events | killed | found |%n| --- | ---: | ---: | --- |%n"));
        controls.forEach(text::append);
        Files.writeString(file, text);
    }
}
