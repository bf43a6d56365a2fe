package io.resnetstreams.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots of scaling, as SVG. */
public final class ScalingPlot {
    private static final Color[] COLOURS = {new Color(0x3A87C8), new Color(0xE69F00), new Color(0x8C8C8C)};

    private static final Pattern DECIMAL = Pattern.compile("-?\\d+\\.\\d+(?![.\\d])");
    private static final Pattern STYLE = Pattern.compile("style=\"([^\"]*)\"");

    private ScalingPlot() {}

    /** A curve, given by the coordinates of its points. */
    public record Curve(double[] x, double[] y) {}

    /** Draws named curves as lines. */
    public static void lines(Path file, String title, String xTitle, String yTitle, Map<String, Curve> curves) {
        save(file, title, xTitle, yTitle, curves, SeriesMarkers.NONE);
    }

    /** Draws named curves with a mark at each point. */
    public static void points(Path file, String title, String xTitle, String yTitle, Map<String, Curve> curves) {
        save(file, title, xTitle, yTitle, curves, SeriesMarkers.CIRCLE);
    }

    private static void save(
            Path file, String title, String xTitle, String yTitle, Map<String, Curve> curves, Marker marker) {
        XYChart chart = new XYChartBuilder()
                .width(640)
                .height(320)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler()
                .setSeriesColors(COLOURS)
                .setLegendPosition(LegendPosition.InsideNE)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisDecimalPattern("#");
        chart.getStyler().setYAxisMin(0.0);
        curves.forEach(
                (name, curve) -> chart.addSeries(name, curve.x(), curve.y()).setMarker(marker));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, compact(new String(ChartEncoder.getBytes(chart, "svg"), UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Rounds to a tenth of a pixel, and states a style that is repeated on each line only once; this halves the size.
     */
    private static String compact(String svg) {
        String rounded = DECIMAL.matcher(svg.substring(svg.indexOf("<svg")))
                .replaceAll(number -> new BigDecimal(number.group())
                        .setScale(1, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString());
        Map<String, String> classes = new LinkedHashMap<>();
        String styled = STYLE.matcher(rounded)
                .replaceAll(style ->
                        "class=\"" + classes.computeIfAbsent(style.group(1), first -> "s" + classes.size()) + "\"");
        StringBuilder sheet = new StringBuilder("<style>");
        classes.forEach((style, name) ->
                sheet.append('.').append(name).append('{').append(style).append('}'));
        return styled.replaceFirst("<defs>", Matcher.quoteReplacement(sheet + "</style><defs>"))
                .replaceAll("\n\\s+", "\n");
    }
}
