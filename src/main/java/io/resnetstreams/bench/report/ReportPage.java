package io.resnetstreams.bench.report;

import io.resnetstreams.bench.report.FigureTable.Row;
import io.resnetstreams.common.Markup;
import io.resnetstreams.kafka.Failures;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/** The page of {@code bench --report}: HTML that is also well-formed XML, without external resources. */
public final class ReportPage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);
    private static final String MACHINE = "machine";

    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="UTF-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>resnet-streams bench</title>
            <style>
            :root { color-scheme: light dark; --text: #1b1b1b; --page: #fff; --line: #d5d5d5; --soft: #666; --bad: #b00020; }
            @media (prefers-color-scheme: dark) {
              :root { --text: #e4e4e4; --page: #161616; --line: #3c3c3c; --soft: #9a9a9a; --bad: #ff7b7b; }
            }
            body { color: var(--text); background: var(--page); font: 16px/1.45 system-ui, sans-serif;
              max-width: 1320px; margin: 2rem auto; padding: 0 1rem; }
            h2 { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 2.5rem; }
            table { border-collapse: collapse; }
            th, td { text-align: left; padding: .15rem 1.5rem .15rem 0; border-bottom: 1px solid var(--line);
              vertical-align: top; overflow-wrap: anywhere; }
            th { font-weight: normal; color: var(--soft); overflow-wrap: normal; }
            td { font-variant-numeric: tabular-nums; }
            section.scenario td { text-align: right; padding-right: 0; white-space: nowrap; }
            .parts { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: flex-start; }
            .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; flex: 1 1 20rem; }
            svg { max-width: 100%; height: auto; }
            .bad { color: var(--bad); }
            </style>
            </head>
            <body>
            <h1>resnet-streams bench</h1>
            """;

    private final StringBuilder html = new StringBuilder(HEAD);
    private int plots;

    private ReportPage() {}

    /**
     * A run of {@code bench}.
     *
     * @param commandLine the command line
     * @param scenarios the requested scenarios
     * @param rounds number of measured rounds
     * @param seconds approximate duration of each measurement
     * @param began start time
     */
    public record Run(String commandLine, List<String> scenarios, int rounds, int seconds, ZonedDateTime began) {
        /** Copies the list. */
        public Run {
            scenarios = List.copyOf(scenarios);
        }

        /** Returns a run that starts now. */
        public static Run now(String commandLine, List<String> scenarios, int rounds, int seconds) {
            return new Run(commandLine, scenarios, rounds, seconds, ZonedDateTime.now(ZoneId.systemDefault()));
        }
    }

    /**
     * Returns the page.
     *
     * @param results figures by scenario, and the description of the machine, as in the JSON
     * @param took duration of the run
     * @param failure why the run stopped early; null if it did not
     */
    static String of(Run run, Map<String, ?> results, Duration took, String failure) {
        ReportPage page = new ReportPage();
        page.introduce(run, results, took, failure);
        results.forEach((name, figures) -> {
            Map<String, Object> byName = new LinkedHashMap<>();
            if (figures instanceof Map<?, ?> map) {
                map.forEach((figure, value) -> byName.put("" + figure, value));
            } else {
                byName.put(name, figures);
            }
            page.section(name, byName);
        });
        return page.html.append("</body>\n</html>\n").toString();
    }

    private void introduce(Run run, Map<String, ?> results, Duration took, String failure) {
        if (failure != null) {
            html.append("<p class=\"bad\">The run stopped early: %s</p>%n".formatted(Markup.escape(failure)));
        }
        List<String> missing = run.scenarios().stream()
                .filter(name -> !results.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            html.append("<p class=\"bad\">Not measured: %s</p>%n".formatted(Markup.escape(String.join(", ", missing))));
        }
        table(List.of(
                new Row("command line", run.commandLine()),
                new Row("began", TIME.format(run.began())),
                new Row("took", "%d min %02d s".formatted(took.toMinutes(), took.toSecondsPart())),
                new Row("scenarios", String.join(", ", run.scenarios())),
                new Row("rounds", run.rounds() + " measured, after one warm-up round; figures are medians"),
                new Row("each measurement", "about " + run.seconds() + " s")));
    }

    private void section(String name, Map<String, Object> figures) {
        boolean scenario = !MACHINE.equals(name);
        html.append(scenario ? "<section class=\"scenario\">\n" : "<section>\n")
                .append("<h2>%s</h2>%n<div class=\"parts\">%n".formatted(Markup.escape(name)));
        table(FigureTable.rows(figures));
        List<Chart<?, ?>> charts = scenario ? BenchPlots.of(figures) : List.of();
        if (!charts.isEmpty()) {
            html.append("<div class=\"plots\">\n");
            charts.forEach(this::plot);
            html.append("</div>\n");
        }
        html.append("</div>\n</section>\n");
    }

    private void plot(Chart<?, ?> chart) {
        try {
            html.append(InlineSvg.of(chart, "plot" + ++plots)).append('\n');
        } catch (LinkageError | InternalError e) {
            // The JRE has no fonts or lacks AWT's native libraries. The page is still useful without the plot.
            html.append("<p class=\"bad\">%s could not be drawn: this Java has no fonts (Debian: fontconfig, %s</p>%n"
                    .formatted(
                            Markup.escape(chart.getTitle()), Markup.escape("libfreetype6): " + Failures.describe(e))));
        }
    }

    private void table(List<Row> rows) {
        html.append("<table>\n");
        rows.forEach(row -> html.append("<tr><th scope=\"row\">%s</th><td>%s</td></tr>%n"
                .formatted(Markup.escape(row.name()), Markup.escape(row.value()))));
        html.append("</table>\n");
    }
}
