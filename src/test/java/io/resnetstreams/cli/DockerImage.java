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

/** The last stage of a Dockerfile, parsed as editors parse it, and the findings of a linter. */
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

    /** Reads a Dockerfile. The test is skipped if the parser is not installed. */
    static DockerImage of(String text) throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(NODE.resolve("node_modules")), "no linter (npm ci --prefix " + NODE + ")");
        DebianTools.Answer answer = DebianTools.run(NODE, text, "node", "dockerfile.mjs");
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        return new DockerImage(JSON.readTree(answer.text()));
    }

    /** Returns the linter's findings. */
    List<String> faults() {
        return JSON.convertValue(
                parsed.get("faults"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    /** Returns the arguments before the first stage, which are the base images. */
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

    /** Returns the environment variables of its containers. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        lastStage.stream()
                .filter(instruction -> instruction.get("keyword").asText().equals("ENV"))
                .forEach(instruction -> environment.putAll(properties(instruction)));
        return environment;
    }

    /** Returns the argument of the last instruction with this name, such as {@code USER}. */
    String last(String keyword) {
        return instruction(keyword).get("arguments").asText();
    }

    /** Returns the words of {@code ENTRYPOINT} or {@code CMD}. */
    List<String> words(String keyword) {
        return strings(instruction(keyword).get("words"));
    }

    /** Returns the words of the health check command. */
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
