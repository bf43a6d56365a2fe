package io.resnetstreams.web;

import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import java.util.List;
import java.util.Locale;

/**
 * The model as shown on the page.
 *
 * @param digest SHA-256 of the model's files, in hexadecimal
 * @param accuracy as text
 * @param device the selected devices, as text
 */
record ModelFacts(
        String name, String architecture, String digest, String accuracy, String device, List<String> labels) {
    static final ModelFacts LOADING = new ModelFacts("being loaded", "–", "–", "–", "–", List.of());

    static ModelFacts of(ModelDirectory model, String device) {
        ModelDescription description = model.description();
        return new ModelFacts(
                model.name(),
                model.architecture() + ", " + description.precision().toString().toLowerCase(Locale.ROOT),
                model.digest(),
                accuracy(description.provenance()),
                device,
                model.labels());
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
}
