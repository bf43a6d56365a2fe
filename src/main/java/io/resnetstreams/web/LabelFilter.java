package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.events.LabelEvent.Label;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A filter for labels, from a query.
 *
 * @param label part of the first label's name, ignoring case; empty for all labels
 * @param from minimum confidence in percent
 * @param to maximum confidence in percent
 */
record LabelFilter(String label, double from, double to) implements Predicate<RecentOutcome> {
    private static final int LONGEST = 200;

    /** Reads {@code label}, {@code from} and {@code to}; missing and invalid parameters do not restrict. */
    static LabelFilter of(String rawQuery) {
        Map<String, String> query = query(rawQuery);
        String label = query.getOrDefault("label", "").strip();
        return new LabelFilter(
                label.length() > LONGEST ? label.substring(0, LONGEST) : label,
                percent(query.get("from"), 0),
                percent(query.get("to"), 100));
    }

    /** Returns the parameters of a query or form by name; the last one if a name is repeated. */
    static Map<String, String> query(String rawQuery) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    parameters.put(
                            URLDecoder.decode(pair.substring(0, equals), UTF_8),
                            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
                } catch (IllegalArgumentException e) {
                    // Incomplete percent-encoding: the parameter is ignored.
                    continue;
                }
            }
        }
        return parameters;
    }

    private static double percent(String text, double otherwise) {
        return text != null && text.matches("\\d{1,3}(\\.\\d{1,6})?")
                ? Math.min(100, Double.parseDouble(text))
                : otherwise;
    }

    @Override
    public boolean test(RecentOutcome outcome) {
        Label first = outcome.label().labels().get(0);
        double percent = first.probability() * 100;
        return percent >= from
                && percent <= to
                && (label.isEmpty() || first.label().toLowerCase(Locale.ROOT).contains(label.toLowerCase(Locale.ROOT)));
    }
}
