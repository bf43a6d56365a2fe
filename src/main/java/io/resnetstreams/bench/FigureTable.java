package io.resnetstreams.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Formats figures as a table. Nested figures are named {@code outer.inner}, and values are rounded. */
final class FigureTable {
    /** The names of ratios, such as {@code toCeiling}, {@code pipelineTo}, {@code toFloor.p99}, with all that is in them. */
    private static final Pattern RATIO = Pattern.compile("(.*\\.)?(to[A-Z]\\w*|\\w+To|\\w+To[A-Z]\\w*)(\\.\\w+)*");

    private static final Pattern PER_SECOND =
            Pattern.compile("(.*\\.)?(\\w+PerSecond\\d*|ceiling)|(.*\\.)?byBatch\\.\\w+");
    private static final Pattern MILLIS =
            Pattern.compile("(.*\\.)?\\w+Millis|(.*\\.)?stages\\.\\w+|(.*\\.)?\\d+\\.(p\\d+|floor)");
    private static final int SIGNIFICANT = 3;

    private FigureTable() {}

    /** A figure's path in the JSON, and its formatted value. */
    record Row(String name, String value) {}

    /** Returns a row for each figure without nested figures. */
    static List<Row> rows(Map<String, ?> figures) {
        List<Row> rows = new ArrayList<>();
        figures.forEach((name, value) -> add(name, value, rows));
        return rows;
    }

    private static void add(String name, Object value, List<Row> rows) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((inner, innerValue) -> add(name + "." + inner, innerValue, rows));
        } else if (value instanceof Number number) {
            rows.add(new Row(name, format(number) + unit(name)));
        } else {
            rows.add(new Row(name, value == null ? "–" : "" + value));
        }
    }

    private static String unit(String name) {
        if (RATIO.matcher(name).matches()) {
            return " ×";
        }
        if (isRate(name)) {
            return " /s";
        }
        return MILLIS.matcher(name).matches() ? " ms" : "";
    }

    /** Returns whether a figure is a rate, by its path in the JSON. */
    static boolean isRate(String name) {
        return PER_SECOND.matcher(name).matches();
    }

    /** Formats whole numbers exactly, and others with three significant digits. */
    static String format(Number number) {
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return "–";
        }
        if (value == Math.rint(value) && !(number instanceof Double || number instanceof Float)) {
            return String.format(Locale.ROOT, "%,d", number.longValue());
        }
        int digitsBefore = value == 0 ? 1 : (int) Math.floor(Math.log10(Math.abs(value))) + 1;
        int decimals = Math.max(0, Math.min(6, SIGNIFICANT - digitsBefore));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
