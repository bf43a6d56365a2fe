package io.resnetstreams.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Plots the figures of a scenario by name: {@code byBatch}, percentiles by load in percent, {@code stages} and {@code
 * batchSizes}. Other figures are ignored.
 */
final class BenchPlots {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    /** If batches are larger, the axis has only the sizes that occurred. */
    private static final int MOST_SIZES = 128;

    private static final int MOST_LABELS = 16;

    private static final String NUMBER = "\\d{1,6}";
    private static final List<String> PERCENTILES = List.of("p50", "p95", "p99");
    private static final String FLOOR = "floor";

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

    /** Returns the plots of a scenario, possibly none. */
    static List<Chart<?, ?>> of(Map<String, ?> figures) {
        List<Chart<?, ?>> charts = new ArrayList<>();
        Map<String, Double> byBatch = numbers(figures.get("byBatch"));
        if (!byBatch.isEmpty()) {
            charts.add(throughput(byBatch));
        }
        SortedMap<Integer, Map<String, Double>> loads = loads(figures);
        if (!loads.isEmpty()) {
            charts.add(latency(loads));
        }
        Map<String, Double> stages = numbers(figures.get("stages"));
        if (!stages.isEmpty()) {
            charts.add(stages(stages));
        }
        Map<String, Double> sizes = numbers(figures.get("batchSizes"));
        if (!sizes.isEmpty() && sizes.keySet().stream().allMatch(size -> size.matches(NUMBER))) {
            charts.add(batchSizes(sizes));
        }
        return charts;
    }

    /** Returns the values of a map; empty if it is not a map of finite non-negative numbers. */
    private static Map<String, Double> numbers(Object value) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (!(entry.getValue() instanceof Number number)
                        || !Double.isFinite(number.doubleValue())
                        || number.doubleValue() < 0) {
                    return Map.of();
                }
                numbers.put("" + entry.getKey(), number.doubleValue());
            }
        }
        return numbers;
    }

    /** Returns the percentiles and, if present, the floor, by load in percent. */
    private static SortedMap<Integer, Map<String, Double>> loads(Map<String, ?> figures) {
        SortedMap<Integer, Map<String, Double>> loads = new TreeMap<>();
        figures.forEach((name, value) -> {
            if (name.matches(NUMBER) && value instanceof Map<?, ?> load) {
                Map<String, Object> times = new LinkedHashMap<>();
                PERCENTILES.forEach(percentile -> times.put(percentile, load.get(percentile)));
                if (load.containsKey(FLOOR)) {
                    times.put(FLOOR, load.get(FLOOR));
                }
                Map<String, Double> numbers = numbers(times);
                if (!numbers.isEmpty()) {
                    loads.put(Integer.valueOf(name), numbers);
                }
            }
        });
        return loads;
    }

    private static Chart<?, ?> throughput(Map<String, Double> byBatch) {
        CategoryChart chart = categories("Throughput over batch size", "images in a batch", "images per second", WIDTH);
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setLegendVisible(false);
        chart.addSeries("images per second", List.copyOf(byBatch.keySet()), List.copyOf(byBatch.values()));
        return chart;
    }

    private static Chart<?, ?> latency(SortedMap<Integer, Map<String, Double>> loads) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Latency over load")
                .xAxisTitle("load in % of the highest throughput")
                .yAxisTitle("milliseconds")
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
        chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0).setXAxisMax(Math.max(100.0, loads.lastKey()));
        PERCENTILES.forEach(percentile -> addTimes(chart, loads, percentile));
        if (loads.values().stream().allMatch(load -> load.containsKey(FLOOR))) {
            addTimes(chart, loads, FLOOR)
                    .setMarker(SeriesMarkers.NONE)
                    .setLineStyle(new BasicStroke(
                            2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 10, new float[] {6, 4}, 0));
        }
        return chart;
    }

    private static XYSeries addTimes(XYChart chart, SortedMap<Integer, Map<String, Double>> loads, String name) {
        return (XYSeries) chart.addSeries(
                        name,
                        List.copyOf(loads.keySet()),
                        loads.values().stream().map(load -> load.get(name)).toList())
                .setMarker(SeriesMarkers.CIRCLE);
    }

    private static Chart<?, ?> stages(Map<String, Double> stages) {
        CategoryChart chart =
                categories("Mean time of an event by stage", "from its decoding on", "milliseconds", WIDTH * 3 / 4);
        chart.getStyler().setStacked(true).setAvailableSpaceFill(0.5);
        chart.getStyler().setXAxisTicksVisible(false).setLegendPosition(LegendPosition.OutsideE);
        // The legend has the numbers, since the bars of short stages are too small.
        stages.forEach((stage, millis) ->
                chart.addSeries(stage + ": " + FigureTable.format(millis) + " ms", List.of("event"), List.of(millis)));
        return chart;
    }

    private static Chart<?, ?> batchSizes(Map<String, Double> counts) {
        SortedMap<Integer, Double> bars = new TreeMap<>();
        counts.forEach((size, count) -> bars.put(Integer.valueOf(size), count));
        int largest = bars.lastKey();
        if (largest <= MOST_SIZES) {
            for (int size = 1; size < largest; size++) {
                bars.putIfAbsent(size, 0.0);
            }
        }
        CategoryChart chart = categories("Batches by size", "images in a batch", "batches", WIDTH);
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

    private static CategoryChart categories(String title, String xTitle, String yTitle, int width) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(width)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        style(chart.getStyler());
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    private static void style(AxesChartStyler styler) {
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
    }
}
