package io.resnetstreams.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The outcomes of images that were classified offline, by id; a pipeline's outcomes are compared with them. */
public final class OfflineOutcomes {
    /** The outcome of an image that can't be labelled. */
    static final Outcome DEAD_LETTER = new Outcome(null);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Outcome> byId = new HashMap<>();

    /** Creates an empty collection. */
    public OfflineOutcomes() {}

    /** The outcome of one image: the most probable label, or null for a dead letter. */
    record Outcome(String label) {
        @Override
        public String toString() {
            return label == null ? "a dead letter" : "'" + label + "'";
        }
    }

    /** Reads lines of {@code classify --json}, or {@code ID<TAB>LABEL}; an error names the line, with exit code 2. */
    public static OfflineOutcomes read(Path file) {
        OfflineOutcomes outcomes = new OfflineOutcomes();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw UserErrorException.usage(
                    "--expected " + file + ": can't be read as text: " + Failures.describe(e), e);
        }
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            if (!line.isBlank()) {
                outcomes.add(line, "--expected " + file + ", line " + number + ": ");
            }
        }
        if (outcomes.byId.isEmpty()) {
            throw UserErrorException.usage("--expected " + file + ": the file has no outcome");
        }
        return outcomes;
    }

    /** Returns the offline outcome of the image with this id, if the file has one. */
    Optional<Outcome> of(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    private void add(String line, String place) {
        if (line.startsWith("{")) {
            addJson(line, place);
            return;
        }
        int tab = line.lastIndexOf('\t');
        if (tab < 1) {
            throw UserErrorException.usage(place + "'" + Text.shorten(line, 80)
                    + "'; expected is a line of 'classify --json' or ID<TAB>LABEL");
        }
        String label = line.substring(tab + 1);
        put(line.substring(0, tab), label.isEmpty() ? DEAD_LETTER : new Outcome(label), place);
    }

    private void addJson(String line, String place) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw UserErrorException.usage(place + "not valid JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode id = node.path("file");
        JsonNode label = node.path("labels").path(0).path("label");
        boolean dead = node.path("outcome").asText().equals("deadLetter");
        if (!id.isTextual() || !dead && !label.isTextual()) {
            throw UserErrorException.usage(
                    place + "a line of 'classify --json' has file and outcome, and labels unless it is a dead letter");
        }
        put(id.asText(), dead ? DEAD_LETTER : new Outcome(label.asText()), place);
    }

    private void put(String id, Outcome outcome, String place) {
        Outcome earlier = byId.put(id, outcome);
        if (earlier != null && !earlier.equals(outcome)) {
            throw UserErrorException.usage(place + "'" + Text.shorten(id, 80) + "' is " + outcome + " here and "
                    + earlier + " before; each id must have one outcome");
        }
    }
}
