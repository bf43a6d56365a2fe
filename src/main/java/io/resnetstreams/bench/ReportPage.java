package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.bench.BenchReport.Run;
import io.resnetstreams.bench.FigureTable.Row;
import io.resnetstreams.common.Markup;
import io.resnetstreams.kafka.Failures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** The page of {@code bench --report}: HTML that is also well-formed XML, without external resources. */
final class ReportPage {
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

    /** Returns the page with the results, as in the JSON, and why the run stopped early: null if it did not. */
    static String of(Run run, Map<String, Map<String, Object>> results, Duration took, String failure)
            throws IOException {
        ReportPage page = new ReportPage();
        page.introduce(run, results, took, failure);
        for (Map.Entry<String, Map<String, Object>> result : results.entrySet()) {
            page.section(result.getKey(), result.getValue());
        }
        return page.html.append("</body>\n</html>\n").toString();
    }

    private void introduce(Run run, Map<String, ?> results, Duration took, String failure) {
        if (failure != null) {
            problem("The run stopped early: " + failure);
        }
        List<String> missing = run.scenarios().stream()
                .filter(name -> !results.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            problem("Not measured: " + String.join(", ", missing));
        }
        table(List.of(
                new Row("command line", run.commandLine()),
                new Row("began", TIME.format(run.began())),
                new Row("took", "%d min %02d s".formatted(took.toMinutes(), took.toSecondsPart())),
                new Row("scenarios", String.join(", ", run.scenarios())),
                new Row("rounds", run.rounds() + " measured, after one warm-up round; figures are medians"),
                new Row("each measurement", "about " + run.seconds() + " s")));
    }

    private void problem(String text) {
        html.append("<p class=\"bad\">%s</p>%n".formatted(Markup.escape(text)));
    }

    private void section(String name, Map<String, Object> figures) throws IOException {
        boolean scenario = !MACHINE.equals(name);
        html.append(scenario ? "<section class=\"scenario\">\n" : "<section>\n")
                .append("<h2>%s</h2>%n".formatted(Markup.escape(name)));
        Disturbance.of(figures).forEach(this::problem);
        html.append("<div class=\"parts\">\n");
        // A column of figures is too narrow for the marks.
        table(FigureTable.rows(figures).stream()
                .filter(row -> !Disturbance.isMark(row.name()))
                .toList());
        List<Chart<?, ?>> charts = scenario ? BenchPlots.of(figures) : List.of();
        if (!charts.isEmpty()) {
            html.append("<div class=\"plots\">\n");
            for (Chart<?, ?> chart : charts) {
                plot(chart);
            }
            html.append("</div>\n");
        }
        html.append("</div>\n</section>\n");
    }

    private void plot(Chart<?, ?> chart) throws IOException {
        try {
            html.append(svg(chart, "plot" + ++plots)).append('\n');
        } catch (LinkageError | InternalError e) {
            // The JRE has no fonts or lacks AWT's native libraries. The page is still useful without the plot.
            problem(chart.getTitle()
                    + " could not be drawn: this Java has no fonts (Debian: fontconfig, libfreetype6): "
                    + Failures.describe(e));
        }
    }

    /** Returns a chart as an XML element whose text is drawn as paths; black becomes the colour of the page's text. */
    private static String svg(Chart<?, ?> chart, String id) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ChartEncoder.saveChart(chart, bytes, "svg");
        String file = bytes.toString(UTF_8);
        String content = file.substring(file.indexOf('>', file.indexOf("<svg")) + 1);
        int width = chart.getWidth();
        int height = chart.getHeight();
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\""
                        .formatted(Markup.escape(chart.getTitle()), width, height)
                + " width=\"%d\" height=\"%d\">".formatted(width, height)
                + content.strip()
                        .replace("rgb(0,0,0)", "currentColor")
                        .replace("id=\"", "id=\"" + id + "-")
                        .replace("url(#", "url(#" + id + "-");
    }

    private void table(List<Row> rows) {
        html.append("<table>\n");
        rows.forEach(row -> html.append("<tr><th scope=\"row\">%s</th><td>%s</td></tr>%n"
                .formatted(Markup.escape(row.name()), Markup.escape(row.value()))));
        html.append("</table>\n");
    }
}
