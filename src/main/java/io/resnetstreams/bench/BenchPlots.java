package io.resnetstreams.bench;

import io.resnetstreams.model.network.EngineName;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots the figures {@code byBatch}, {@code stages} and {@code batchSizes}, and percentiles by load in percent. */
final class BenchPlots {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int MOST_LABELS = 16;

    /** The background is transparent for dark and light pages. */
    private static final Color CLEAR = new Color(0, 0, 0, 0);

    private static final Color GRID = new Color(128, 128, 128, 90);
    /** Colours for people with colour vision deficiency, visible on white and black. */
    private static final Color[] COLOURS = {
        new Color(0x3A87C8),
        new Color(0xE69F00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xD55E00),
        new Color(0x8C8C8C)
    };

    private BenchPlots() {}

    /** Returns the plots of a scenario, possibly none. Several engines share the plot of their throughput. */
    static List<Chart<?, ?>> of(Map<String, ?> figures) {
        Map<EngineName, Map<String, ?>> engines = EngineComparison.engines(figures);
        Map<String, Map<String, Number>> byBatch = new LinkedHashMap<>();
        addByBatch("images per second", figures, byBatch);
        engines.forEach((engine, own) -> addByBatch(engine.title(), own, byBatch));
        List<Chart<?, ?>> charts = new ArrayList<>();
        if (!byBatch.isEmpty()) {
            charts.add(throughput(byBatch));
        }
        charts.addAll(ofEngine(figures));
        engines.forEach((engine, own) -> ofEngine(own).forEach(chart -> {
            chart.setTitle(chart.getTitle() + ": " + engine.title());
            charts.add(chart);
        }));
        return charts;
    }

    private static void addByBatch(String series, Map<String, ?> figures, Map<String, Map<String, Number>> byBatch) {
        if (figures.get("byBatch") instanceof Map<?, ?> rates) {
            byBatch.put(series, numbers(rates));
        }
    }

    private static List<Chart<?, ?>> ofEngine(Map<String, ?> figures) {
        List<Chart<?, ?>> charts = new ArrayList<>();
        SortedMap<Integer, Map<String, Number>> loads = new TreeMap<>();
        figures.forEach((name, value) -> {
            if (name.matches("\\d+") && value instanceof Map<?, ?> load) {
                loads.put(Integer.valueOf(name), numbers(load));
            }
        });
        if (!loads.isEmpty()) {
            charts.add(latency(loads));
        }
        if (figures.get("stages") instanceof Map<?, ?> stages) {
            charts.add(stages(numbers(stages)));
        }
        if (figures.get("batchSizes") instanceof Map<?, ?> sizes && !sizes.isEmpty()) {
            charts.add(batchSizes(numbers(sizes)));
        }
        return charts;
    }

    private static Map<String, Number> numbers(Map<?, ?> figures) {
        Map<String, Number> numbers = new LinkedHashMap<>();
        figures.forEach((name, value) -> {
            if (value instanceof Number number) {
                numbers.put("" + name, number);
            }
        });
        return numbers;
    }

    private static Chart<?, ?> throughput(Map<String, Map<String, Number>> byBatch) {
        CategoryChart chart = styled(
                new CategoryChart(WIDTH, HEIGHT),
                "Throughput over batch size",
                "images in a batch",
                "images per second");
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setOverlapped(true)
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendVisible(byBatch.size() > 1);
        byBatch.forEach(
                (series, rates) -> chart.addSeries(series, List.copyOf(rates.keySet()), List.copyOf(rates.values())));
        return chart;
    }

    private static Chart<?, ?> latency(SortedMap<Integer, Map<String, Number>> loads) {
        XYChart chart = styled(
                new XYChart(WIDTH, HEIGHT), "Latency over load", "load in % of the highest throughput", "milliseconds");
        chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(Math.max(100.0, loads.lastKey()));
        List.of("p50", "p95", "p99").forEach(percentile -> addTimes(chart, loads, percentile));
        addTimes(chart, loads, "floor")
                .setMarker(SeriesMarkers.NONE)
                .setLineStyle(
                        new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10, new float[] {6, 4}, 0));
        return chart;
    }

    private static XYSeries addTimes(XYChart chart, SortedMap<Integer, Map<String, Number>> loads, String name) {
        return (XYSeries) chart.addSeries(
                        name,
                        List.copyOf(loads.keySet()),
                        loads.values().stream().map(load -> load.get(name)).toList())
                .setMarker(SeriesMarkers.CIRCLE);
    }

    private static Chart<?, ?> stages(Map<String, Number> stages) {
        CategoryChart chart = styled(
                new CategoryChart(WIDTH * 3 / 4, HEIGHT),
                "Mean time of an event by stage",
                "from its decoding on",
                "milliseconds");
        chart.getStyler().setStacked(true).setAvailableSpaceFill(0.5);
        chart.getStyler().setXAxisTicksVisible(false).setLegendPosition(LegendPosition.OutsideE);
        // The legend has the numbers, since the bars of short stages are too small.
        stages.forEach((stage, millis) ->
                chart.addSeries(stage + ": " + FigureTable.format(millis) + " ms", List.of("event"), List.of(millis)));
        return chart;
    }

    private static Chart<?, ?> batchSizes(Map<String, Number> counts) {
        SortedMap<Integer, Number> bars = new TreeMap<>();
        counts.forEach((size, count) -> bars.put(Integer.valueOf(size), count));
        for (int size = 1; size < bars.lastKey(); size++) {
            bars.putIfAbsent(size, 0.0);
        }
        CategoryChart chart =
                styled(new CategoryChart(WIDTH, HEIGHT), "Batches by size", "images in a batch", "batches");
        chart.getStyler().setAvailableSpaceFill(0.9).setLegendVisible(false);
        chart.getStyler().setXAxisMaxLabelCount(MOST_LABELS);
        // Label only whole numbers of batches.
        chart.getStyler()
                .setYAxisTickLabelsFormattingFunction(
                        count -> count == Math.rint(count) ? FigureTable.format(count.longValue()) : "");
        chart.addSeries(
                "batches",
                bars.keySet().stream().map(size -> Integer.toString(size)).toList(),
                List.copyOf(bars.values()));
        return chart;
    }

    private static <C extends AxesChart<?, ?>> C styled(C chart, String title, String xTitle, String yTitle) {
        chart.setTitle(title);
        chart.setXAxisTitle(xTitle);
        chart.setYAxisTitle(yTitle);
        AxesChartStyler styler = chart.getStyler();
        styler.setYAxisMin(0.0);
        styler.setPlotGridLinesColor(GRID).setPlotGridVerticalLinesVisible(false);
        // In SVG, each dash would be a path.
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setAxisTickMarksColor(GRID).setAxisTickLabelsColor(Color.BLACK);
        styler.setChartBackgroundColor(CLEAR)
                .setPlotBackgroundColor(CLEAR)
                .setPlotBorderVisible(false)
                .setLegendBackgroundColor(CLEAR)
                .setLegendBorderColor(CLEAR)
                .setChartFontColor(Color.BLACK)
                .setChartTitlePadding(12)
                .setLegendFont(styler.getLegendFont().deriveFont(13f))
                .setSeriesColors(COLOURS);
        return chart;
    }
}
