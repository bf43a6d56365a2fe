package io.resnetstreams.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.events.LabelEvent.Label;
import java.util.List;
import java.util.Map;

/** Renders the data for the script of the page. Every value is a text or a number. Stateless. */
final class PageJson {
    /** Number of labels that the page shows for an image. */
    private static final int BARS = 3;

    private static final int LONGEST_ID = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PageJson() {}

    static String write(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the page's JSON", e);
        }
    }

    static ObjectNode texts(Map<String, String> texts) {
        ObjectNode node = NODES.objectNode();
        texts.forEach(node::put);
        return node;
    }

    /** Returns the utilisation of each stage, from 0 to 1. */
    static ObjectNode gauges(Map<String, Double> gauges) {
        ObjectNode node = NODES.objectNode();
        gauges.forEach((name, share) -> node.put(name, Math.round(share * 1_000) / 1e3));
        return node;
    }

    static ArrayNode labels(List<RecentOutcome> newestFirst) {
        ArrayNode array = NODES.arrayNode();
        newestFirst.forEach(outcome -> array.add(label(outcome)));
        return array;
    }

    private static ObjectNode label(RecentOutcome outcome) {
        ObjectNode node = NODES.objectNode();
        node.put("number", outcome.number());
        node.put("id", shorten(outcome.label().id()));
        node.put("source", outcome.source().toString());
        node.put("latency", Figures.millis(Math.max(1, outcome.latencyMillis())));
        node.put("picture", outcome.event() != null);
        ArrayNode labels = node.putArray("labels");
        for (Label label : top(outcome)) {
            labels.addObject()
                    .put("label", label.label())
                    .put("probability", Math.round(label.probability() * 10_000) / 1e4);
        }
        return node;
    }

    /** Returns the most probable labels, in descending order. */
    static List<Label> top(RecentOutcome outcome) {
        List<Label> labels = outcome.label().labels();
        return labels.subList(0, Math.min(BARS, labels.size()));
    }

    static String shorten(String text) {
        if (text.length() <= LONGEST_ID) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_ID - 1)) ? LONGEST_ID - 1 : LONGEST_ID;
        return text.substring(0, end) + "…";
    }

    static ArrayNode deadLetters(List<RecentOutcomes.DeadLetters> kinds) {
        ArrayNode array = NODES.arrayNode();
        for (RecentOutcomes.DeadLetters kind : kinds) {
            ObjectNode node = array.addObject();
            node.put("stage", kind.kind().stage());
            node.put("code", kind.kind().code());
            node.put("count", Figures.count(kind.count()));
            ArrayNode last = node.putArray("last");
            kind.last().forEach(letter -> last.add(deadLetter(letter)));
        }
        return array;
    }

    private static ObjectNode deadLetter(RecentOutcome letter) {
        ObjectNode node = NODES.objectNode();
        node.put("number", letter.number());
        node.put("source", letter.source().toString());
        node.put("key", letter.rejection().key());
        node.put("reason", letter.rejection().reason());
        node.put("millis", letter.committedMillis());
        node.put("content", letter.event() != null && letter.rejection().hasContent());
        node.put("sentBack", letter.isResent());
        return node;
    }

    static ArrayNode points(List<Point> points) {
        ArrayNode array = NODES.arrayNode();
        for (Point point : points) {
            ArrayNode node = array.addArray();
            node.add(point.millis());
            for (double value : new double[] {
                point.labels(),
                point.deadLetters(),
                point.arrivals(),
                point.lag(),
                point.p50(),
                point.p95(),
                point.p99(),
                point.batch()
            }) {
                if (Double.isFinite(value)) {
                    node.add(Math.round(value * 100) / 1e2);
                } else {
                    node.addNull();
                }
            }
        }
        return array;
    }

    static ArrayNode backfills(List<InstanceView.Backfill> backfills) {
        ArrayNode array = NODES.arrayNode();
        for (InstanceView.Backfill run : backfills) {
            array.addObject().put("name", run.name()).put("text", text(run)).put("share", share(run));
        }
        return array;
    }

    static String text(InstanceView.Backfill run) {
        return run.state() + ": " + Figures.count(run.done()) + " of " + Figures.count(run.total()) + " offsets, "
                + Figures.percent(share(run));
    }

    static double share(InstanceView.Backfill run) {
        return run.total() == 0 ? 1 : Math.round(1e3 * run.done() / run.total()) / 1e3;
    }
}
