package io.resnetstreams.web;

import static io.resnetstreams.web.Figures.bytes;
import static io.resnetstreams.web.Figures.count;
import static io.resnetstreams.web.Figures.decimal;
import static io.resnetstreams.web.Figures.millis;
import static io.resnetstreams.web.Figures.orUnknown;
import static io.resnetstreams.web.Figures.percent;
import static io.resnetstreams.web.Figures.rate;
import static io.resnetstreams.web.Figures.seconds;

import io.resnetstreams.metrics.CountsSnapshot;
import io.resnetstreams.metrics.GroupStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The variable texts of the page by the names of its elements, with and without JavaScript. */
final class PageTexts {
    private static final int SHORT_DIGEST = 12;

    private PageTexts() {}

    static Map<String, String> of(PageFacts facts, ModelFacts model, Reading now) {
        Map<String, String> texts = new LinkedHashMap<>();
        flow(texts, facts, now);
        latency(texts, now.point());
        group(texts, now.view().group());
        texts.put("state", now.view().health().ok() ? "Running" : "Not ready");
        texts.put("reason", now.view().health().reason());
        texts.put("waits", now.bottleneck().reason());
        texts.put("application", facts.application());
        texts.put("input", facts.inputTopic());
        texts.put("version", facts.version());
        texts.put("model", model.name());
        texts.put("architecture", model.architecture());
        texts.put(
                "digest",
                model.digest().length() > SHORT_DIGEST ? model.digest().substring(0, SHORT_DIGEST) : model.digest());
        texts.put("accuracy", model.accuracy());
        texts.put("device", model.device());
        texts.put("devices", devices(now));
        texts.put("partitions", partitions(now.view().partitions()));
        return texts;
    }

    private static void flow(Map<String, String> texts, PageFacts facts, Reading now) {
        Rates rates = now.rates();
        InstanceView view = now.view();
        GroupStatus group = view.group();
        texts.put(
                "arrivals.rate",
                orUnknown(
                        group.arrivalsPerSecond().isPresent(),
                        () -> rate(group.arrivalsPerSecond().getAsDouble())));
        texts.put(
                "lag",
                orUnknown(
                        group.lagEvents().isPresent(),
                        () -> count(group.lagEvents().getAsLong())));
        texts.put(
                "lag.age",
                orUnknown(
                        group.lagSeconds().isPresent(),
                        () -> seconds(group.lagSeconds().getAsDouble())));
        texts.put("window.events", count(view.inFlightEvents()));
        texts.put("window.most", count(facts.limits().maxEvents()));
        texts.put("window.bytes", bytes(view.inFlightBytes()));
        texts.put("decode.rate", rate(rates.decodedPerSecond()));
        texts.put("decode.time", millis(rates.decodeMillis()));
        texts.put("decode.busy", percent(Math.min(1, rates.decodeBusy() / facts.decodeThreads())));
        texts.put("batches.mean", rates.meanBatch() == 0 ? "–" : decimal(rates.meanBatch()));
        texts.put("batches.wait", millis(rates.waitMillis()));
        texts.put("batches.full", rates.meanBatch() == 0 ? "–" : percent(rates.fullBatches()));
        texts.put("device.busy", percent(rates.deviceBusy()));
        texts.put("device.time", millis(rates.inferenceMillis()));
        texts.put(
                "device.capacity",
                orUnknown(
                        group.capacityImagesPerSecond().isPresent(),
                        () -> rate(group.capacityImagesPerSecond().getAsDouble())));
        texts.put("labels.rate", rate(rates.labelsPerSecond()));
        texts.put("labels.total", count(now.counts().labels()));
        texts.put("dead.rate", rate(rates.deadLettersPerSecond()));
        texts.put("dead.total", count(now.counts().deadLetters()));
    }

    private static void latency(Map<String, String> texts, Point last) {
        texts.put("latency.p50", millis(last == null ? Double.NaN : last.p50()));
        texts.put("latency.p99", millis(last == null ? Double.NaN : last.p99()));
    }

    private static void group(Map<String, String> texts, GroupStatus group) {
        texts.put(
                "instances",
                orUnknown(
                        group.instances().isPresent(),
                        () -> count(group.instances().getAsInt())));
        texts.put(
                "desired",
                orUnknown(
                        group.desiredInstances().isPresent(),
                        () -> count(group.desiredInstances().getAsInt())));
        texts.put(
                "drain",
                orUnknown(
                        group.secondsToDrain().isPresent(),
                        () -> seconds(group.secondsToDrain().getAsDouble())));
    }

    private static String devices(Reading now) {
        if (now.counts().devices().isEmpty()) {
            return "–";
        }
        return now.counts().devices().entrySet().stream()
                .map(device -> device.getKey() + ": " + device(device.getValue(), now.rates(), device.getKey()))
                .collect(Collectors.joining("; "));
    }

    private static String device(CountsSnapshot.Device device, Rates rates, String name) {
        if (device.failed()) {
            return "failed";
        }
        return percent(rates.busyByDevice().getOrDefault(name, 0.0)) + " busy, batches of up to " + device.ceiling();
    }

    /** Returns partitions as ranges, such as {@code 0–3, 5}. */
    static String partitions(Set<Integer> partitions) {
        if (partitions.isEmpty()) {
            return "none";
        }
        StringBuilder text = new StringBuilder();
        int first = -1;
        int last = -2;
        for (int partition : new TreeSet<>(partitions)) {
            if (partition != last + 1) {
                range(text, first, last);
                first = partition;
            }
            last = partition;
        }
        range(text, first, last);
        return text.toString();
    }

    private static void range(StringBuilder text, int first, int last) {
        if (first < 0) {
            return;
        }
        text.append(text.isEmpty() ? "" : ", ").append(first);
        if (last > first) {
            text.append(last == first + 1 ? ", " : "–").append(last);
        }
    }
}
