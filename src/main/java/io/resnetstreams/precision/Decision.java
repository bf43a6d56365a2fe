package io.resnetstreams.precision;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;

/**
 * The result of a search.
 *
 * @param heldOut the number of images on which labels were compared
 * @param model the folder of the chosen model, beside the file with the decisions; null if fp32 was chosen
 * @param digest the digest of the chosen model; null if fp32 was chosen
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Decision(Circumstances circumstances, int heldOut, List<Trial> candidates, String model, String digest) {
    public Decision {
        candidates = List.copyOf(candidates);
    }

    Decision withModel(String folder, String modelDigest) {
        return new Decision(circumstances, heldOut, candidates, folder, modelDigest);
    }

    /** Returns the candidate that was chosen; empty if fp32 was. */
    public Optional<Trial> chosen() {
        return candidates.stream().filter(Trial::accepted).findFirst();
    }

    /** Returns a line for each candidate, the chosen one first; or one line if there was none. */
    List<String> lines() {
        if (candidates.isEmpty()) {
            return List.of("Precision fp32: there is no other for this device");
        }
        return candidates.stream()
                .sorted((a, b) -> Boolean.compare(b.accepted(), a.accepted()))
                .map(trial -> trial.line(heldOut))
                .toList();
    }
}
