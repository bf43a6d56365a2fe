package io.resnetstreams.cli.model;

import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import java.util.LinkedHashMap;
import java.util.Map;

/** The most important properties of a model. */
final class ModelSummary {
    private ModelSummary() {}

    static Map<String, Object> of(ModelDirectory model) {
        ModelDescription description = model.description();
        int classes = model.labels().size();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("name", model.name());
        summary.put("architecture", model.architecture());
        summary.put("parameters", model.trainableParameters());
        summary.put("classes", classes);
        summary.put("input", description.inputWidth() + "×" + description.inputHeight());
        summary.put("precision", description.precision());
        if (description.provenance() != null && description.provenance().testAccuracy() != null) {
            summary.put("testAccuracy", description.provenance().testAccuracy());
        }
        summary.put("digest", model.digest());
        return summary;
    }

    static String line(Map<String, Object> summary) {
        return "%-28s %-10s %,11d parameters  %,5d classes  %-9s %s  test accuracy %s"
                .formatted(
                        summary.get("name"),
                        summary.get("architecture"),
                        summary.get("parameters"),
                        summary.get("classes"),
                        summary.get("input"),
                        summary.get("precision"),
                        summary.getOrDefault("testAccuracy", "unknown"));
    }
}
