package io.resnetstreams.web;

import static io.resnetstreams.web.Figures.bytes;
import static io.resnetstreams.web.Figures.count;
import static io.resnetstreams.web.Figures.decimal;
import static io.resnetstreams.web.Figures.known;
import static io.resnetstreams.web.Figures.millis;
import static io.resnetstreams.web.Figures.percent;
import static io.resnetstreams.web.Figures.rate;

import io.resnetstreams.metrics.CountsSnapshot;
import io.resnetstreams.metrics.PipelineMonitor.GroupStatus;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The variable texts of the page by the names of its elements, with and without JavaScript. */
final class PageTexts {
    /** The texts about the model while it is being loaded. */
    static final Map<String, String> LOADING =
            Map.of("model", "being loaded", "architecture", "–", "digest", "–", "accuracy", "–", "device", "–");

    private static final int SHORT_DIGEST = 12;

    private PageTexts() {}

    /** Returns the texts about a loaded model and its devices. */
    static Map<String, String> of(ModelDirectory model, String device) {
        ModelDescription description = model.description();
        String precision = description.precision().toString().toLowerCase(Locale.ROOT);
        return Map.of(
                "model", model.name(),
                "architecture", model.architecture() + ", " + precision,
                "digest", model.digest().substring(0, SHORT_DIGEST),
                "accuracy", accuracy(description.provenance()),
                "device", device);
    }

    private static String accuracy(ModelDescription.Provenance provenance) {
        if (provenance == null || provenance.testAccuracy() == null) {
            return "not stated in model.json";
        }
        String share = String.format(Locale.ROOT, "%.2f %%", provenance.testAccuracy() * 100);
        return provenance.testImages() == null
                ? share
                : share + String.format(Locale.ROOT, " of %,d test images", provenance.testImages());
    }

    /** Returns all texts, including those about the model. */
    static Map<String, String> of(PageFacts facts, Map<String, String> model, Reading now) {
        Map<String, String> texts = new LinkedHashMap<>(model);
        flow(texts, facts, now);
        group(texts, now.view().group());
        texts.put(
                "latency.p50",
                millis(now.point() == null ? Double.NaN : now.point().p50()));
        texts.put(
                "latency.p99",
                millis(now.point() == null ? Double.NaN : now.point().p99()));
        texts.put("state", now.view().health().ok() ? "Running" : "Not ready");
        texts.put("reason", now.view().health().reason());
        texts.put("waits", now.bottleneck().reason());
        texts.put("application", facts.application());
        texts.put("input", facts.inputTopic());
        texts.put("version", facts.version());
        texts.put("devices", devices(now));
        texts.put("partitions", partitions(now.view().partitions()));
        return texts;
    }

    private static void flow(Map<String, String> texts, PageFacts facts, Reading now) {
        Rates rates = now.rates();
        InstanceView view = now.view();
        texts.put("window.events", count(view.inFlightEvents()));
        texts.put("window.most", count(facts.limits().maxEvents()));
        texts.put("window.bytes", bytes(view.inFlightBytes()));
        texts.put("fetch.inFlight", count(view.fetches().inFlight()));
        texts.put("fetch.images", count(view.fetches().images()));
        texts.put("fetch.bytes", bytes(view.fetches().bytes()));
        texts.put("fetch.failures", count(view.fetches().failures()));
        texts.put("decode.rate", rate(rates.decodedPerSecond()));
        texts.put("decode.time", millis(rates.decodeMillis()));
        texts.put("decode.busy", percent(Math.min(1, rates.decodeBusy() / facts.decodeThreads())));
        texts.put("batches.mean", rates.meanBatch() == 0 ? "–" : decimal(rates.meanBatch()));
        texts.put("batches.wait", millis(rates.waitMillis()));
        texts.put("batches.full", rates.meanBatch() == 0 ? "–" : percent(rates.fullBatches()));
        texts.put("device.busy", percent(rates.deviceBusy()));
        texts.put("device.time", millis(rates.inferenceMillis()));
        texts.put("labels.rate", rate(rates.labelsPerSecond()));
        texts.put("labels.total", count(now.counts().labels()));
        texts.put("dead.rate", rate(rates.deadLettersPerSecond()));
        texts.put("dead.total", count(now.counts().deadLetters()));
    }

    private static void group(Map<String, String> texts, GroupStatus group) {
        texts.put("arrivals.rate", known(group.arrivalsPerSecond(), Figures::rate));
        texts.put("lag", known(group.lagEvents(), Figures::count));
        texts.put("lag.age", known(group.lagSeconds(), Figures::seconds));
        texts.put("device.capacity", known(group.capacityImagesPerSecond(), Figures::rate));
        texts.put("instances", known(group.instances(), Figures::count));
        texts.put("desired", known(group.desiredInstances(), Figures::count));
        texts.put("drain", known(group.secondsToDrain(), Figures::seconds));
    }

    private static String devices(Reading now) {
        return now.counts().devices().isEmpty()
                ? "–"
                : now.counts().devices().entrySet().stream()
                        .map(device -> device.getKey() + ": " + device(device.getKey(), device.getValue(), now.rates()))
                        .collect(Collectors.joining("; "));
    }

    private static String device(String name, CountsSnapshot.Device device, Rates rates) {
        return device.failed()
                ? "failed"
                : percent(rates.busyByDevice().getOrDefault(name, 0.0)) + " busy, batches of up to " + device.ceiling();
    }

    /** Returns partitions as ranges, such as {@code 0–3, 5}. */
    static String partitions(Set<Integer> partitions) {
        BitSet own = new BitSet();
        partitions.forEach(own::set);
        StringJoiner ranges = new StringJoiner(", ").setEmptyValue("none");
        for (int first = own.nextSetBit(0); first >= 0; ) {
            int last = own.nextClearBit(first) - 1;
            ranges.add(last == first ? "" + first : first + (last == first + 1 ? ", " : "–") + last);
            first = own.nextSetBit(last + 1);
        }
        return ranges.toString();
    }
}
