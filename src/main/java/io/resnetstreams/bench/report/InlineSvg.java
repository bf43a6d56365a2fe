package io.resnetstreams.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.Markup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Converts charts to SVG elements for a page; black becomes the colour of the text. */
final class InlineSvg {
    private InlineSvg() {}

    /**
     * Returns an {@code svg} element as well-formed XML. Text is drawn as paths.
     *
     * @param id unique on the page
     * @throws LinkageError or InternalError if Java has no fonts
     */
    static String of(Chart<?, ?> chart, String id) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ChartEncoder.saveChart(chart, bytes, "svg");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String file = bytes.toString(UTF_8);
        String root = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\""
                        .formatted(Markup.escape(chart.getTitle()), chart.getWidth(), chart.getHeight())
                + " width=\"%d\" height=\"%d\">".formatted(chart.getWidth(), chart.getHeight());
        String content = file.substring(file.indexOf('>', file.indexOf("<svg")) + 1);
        return root
                + content.strip()
                        .replace("rgb(0,0,0)", "currentColor")
                        .replace("id=\"", "id=\"" + id + "-")
                        .replace("url(#", "url(#" + id + "-");
    }
}
