package io.resnetstreams.cli;

import io.resnetstreams.backfill.ClassChanges;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures of what was measured, as SVG or PNG by the file's ending. */
final class Charts {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;
    private static final int MOST_NAMED_CLASSES = 40;

    private Charts() {}

    /** A curve: its points' coordinates. */
    record Curve(double[] x, double[] y) {}

    /** Refuses a file whose ending is neither svg nor png, before any work is done. */
    static void requireFormat(String option, Path file) {
        if (!isSvg(file) && !isPng(file)) {
            throw UserErrorException.usage(option + " " + file + ": its ending must be .svg or .png");
        }
    }

    /** Draws curves over a common axis, by their names. */
    static void curves(Path file, String title, String xTitle, String yTitle, Map<String, Curve> curves) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE).setChartBackgroundColor(Color.WHITE);
        curves.forEach(
                (name, curve) -> chart.addSeries(name, curve.x(), curve.y()).setMarker(SeriesMarkers.CIRCLE));
        save(chart, file);
    }

    /** Draws counts of right classes (rows) by predicted ones (columns), each row as shares of its sum. */
    static void confusion(Path file, List<String> labels, int[][] counts) {
        int classes = labels.size();
        List<Number[]> cells = new ArrayList<>();
        for (int right = 0; right < classes; right++) {
            int sum = Math.max(1, Arrays.stream(counts[right]).sum());
            for (int predicted = 0; predicted < classes; predicted++) {
                // The first row on top.
                cells.add(new Number[] {
                    predicted, classes - 1 - right, Math.round(1000.0 * counts[right][predicted] / sum) / 10.0
                });
            }
        }
        List<String> columns = labels;
        if (classes > MOST_NAMED_CLASSES) {
            columns = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        }
        HeatMapChart chart = heatMap(columns, cells, 100);
        chart.setTitle("Predicted classes, in % of each right class");
        chart.setXAxisTitle("predicted");
        chart.setYAxisTitle("right");
        save(chart, file);
    }

    /** Draws how many events have one label in A (rows) and another in B (columns), for the labels that changed most. */
    static void changes(Path file, String nameA, String nameB, ClassChanges changes) {
        List<String> labels = changes.mostChanged(MOST_NAMED_CLASSES);
        List<Number[]> cells = new ArrayList<>();
        long most = 1;
        for (int from = 0; from < labels.size(); from++) {
            for (int to = 0; to < labels.size(); to++) {
                // Those that did not change would outshine all others.
                long count = from == to ? 0 : changes.count(labels.get(from), labels.get(to));
                most = Math.max(most, count);
                cells.add(new Number[] {to, labels.size() - 1 - from, count});
            }
        }
        HeatMapChart chart = heatMap(labels, cells, most);
        chart.setTitle("Labels that changed, in events");
        chart.setXAxisTitle("label in B: " + nameB);
        chart.setYAxisTitle("label in A: " + nameA);
        save(chart, file);
    }

    /** Returns a map of cells (column, row from below, value from 0 to the most) over equal names of columns and rows. */
    private static HeatMapChart heatMap(List<String> names, List<Number[]> cells, double most) {
        HeatMapChart chart =
                new HeatMapChartBuilder().width(WIDTH).height(WIDTH).build();
        // The first row on top.
        List<String> rows = new ArrayList<>(names);
        Collections.reverse(rows);
        chart.addSeries("cells", names, rows, cells);
        chart.getStyler()
                .setRangeColors(new Color[] {Color.WHITE, new Color(0x6BAED6)})
                .setMin(0)
                .setMax(most)
                .setShowValue(names.size() <= MOST_NAMED_CLASSES / 2)
                .setHeatMapValueDecimalPattern("#.#")
                .setXAxisLabelRotation(45)
                .setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static void save(Chart<?, ?> chart, Path file) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            try (OutputStream out = Files.newOutputStream(file)) {
                ChartEncoder.saveChart(chart, out, isSvg(file) ? "svg" : "png");
            }
        } catch (IOException e) {
            throw UserErrorException.shortfall("cannot write " + file + ": " + e.getMessage(), e);
        } catch (LinkageError | InternalError e) {
            // A JRE without fonts or without AWT's native libraries.
            throw UserErrorException.shortfall(
                    "cannot draw " + file + ": this Java has no fonts (Debian: fontconfig, libfreetype6): " + e, e);
        }
    }

    private static boolean isSvg(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
    }

    private static boolean isPng(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    }
}
