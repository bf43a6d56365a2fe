package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a Dockerfile says of its last stage, read by the parser that editors use, and what the linter says of it. */
final class DockerImage {
    private static final Path NODE = Path.of("src", "test", "kubernetes");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode parsed;
    private final List<JsonNode> lastStage = new ArrayList<>();

    private DockerImage(JsonNode parsed) {
        this.parsed = parsed;
        for (JsonNode instruction : parsed.get("instructions")) {
            if (instruction.get("keyword").asText().equals("FROM")) {
                lastStage.clear();
            }
            lastStage.add(instruction);
        }
    }

    /** Reads one; the test is skipped where the parser is not installed. */
    static DockerImage of(String text) throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(NODE.resolve("node_modules")), "no linter (npm ci --prefix " + NODE + ")");
        DebianTools.Answer answer = DebianTools.run(NODE, text, "node", "dockerfile.mjs");
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        return new DockerImage(JSON.readTree(answer.text()));
    }

    /** Returns what the linter found. */
    List<String> faults() {
        return JSON.convertValue(
                parsed.get("faults"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    /** Returns the values of all arguments that are set before the first stage, which are the base images. */
    Map<String, String> baseImages() {
        Map<String, String> images = new LinkedHashMap<>();
        for (JsonNode instruction : parsed.get("instructions")) {
            if (instruction.get("keyword").asText().equals("FROM")) {
                break;
            }
            images.putAll(properties(instruction));
        }
        return images;
    }

    private static Map<String, String> properties(JsonNode instruction) {
        Map<String, String> values = new LinkedHashMap<>();
        instruction
                .get("properties")
                .properties()
                .forEach(property ->
                        values.put(property.getKey(), property.getValue().asText()));
        return values;
    }

    /** Returns the variables of its containers. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        lastStage.stream()
                .filter(instruction -> instruction.get("keyword").asText().equals("ENV"))
                .forEach(instruction -> environment.putAll(properties(instruction)));
        return environment;
    }

    /** Returns the argument of the last instruction of this name, such as {@code USER}. */
    String last(String keyword) {
        return instruction(keyword).get("arguments").asText();
    }

    /** Returns the words of {@code ENTRYPOINT} or {@code CMD}. */
    List<String> words(String keyword) {
        return strings(instruction(keyword).get("words"));
    }

    /** Returns the words of the command that tells health. */
    List<String> healthcheck() throws Exception {
        String text = last("HEALTHCHECK");
        return strings(JSON.readTree(text.substring(text.indexOf('['))));
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    private JsonNode instruction(String keyword) {
        return lastStage.stream()
                .filter(instruction -> instruction.get("keyword").asText().equals(keyword))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("the last stage has no " + keyword));
    }
}
