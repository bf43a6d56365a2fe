package io.resnetstreams.metrics;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A response of {@code GET /metrics} in Prometheus' text format. */
public final class Samples {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) \\S+");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{.*})?) (\\S+)");

    private final Set<String> families = new TreeSet<>();
    private final Map<String, Double> values = new TreeMap<>();

    /** Parses the text; a line in another format is an error. */
    public Samples(String text) {
        text.lines().filter(line -> !line.startsWith("# HELP ")).forEach(this::read);
    }

    private void read(String line) {
        Matcher type = TYPE.matcher(line);
        Matcher sample = SAMPLE.matcher(line);
        if (type.matches()) {
            families.add(type.group(1));
        } else if (sample.matches()) {
            values.put(sample.group(1), number(sample.group(2)));
        } else {
            throw new IllegalArgumentException("neither a type nor a sample: " + line);
        }
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** Returns the names that have a type. */
    public Set<String> families() {
        return families;
    }

    /** Returns all samples, by name and labels as in the text. */
    public Map<String, Double> values() {
        return values;
    }

    /** Returns one sample, such as {@code up{job="a"}}. */
    public double value(String sample) {
        Double value = values.get(sample);
        if (value == null) {
            throw new AssertionError("no sample " + sample + " among " + values.keySet());
        }
        return value;
    }

    /** Returns the values of one label of a metric. */
    public Set<String> labelValues(String metric, String label) {
        Pattern pattern = Pattern.compile("[{,]" + label + "=\"([^\"]*)\"");
        Set<String> found = new TreeSet<>();
        for (String sample : values.keySet()) {
            Matcher matcher = pattern.matcher(sample);
            if (sample.startsWith(metric + "{") && matcher.find()) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }

    /** Returns the sum of a metric over all its labels. */
    public double sum(String metric) {
        return values.entrySet().stream()
                .filter(sample ->
                        sample.getKey().equals(metric) || sample.getKey().startsWith(metric + "{"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
