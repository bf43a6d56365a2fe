package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compose files as Compose resolves them, with anchors, variables and defaults. This needs no engine. */
final class ComposeFile {
    private static final Path HERE = Path.of(".");

    private final JsonNode root;

    private ComposeFile(JsonNode root) {
        this.root = root;
    }

    /**
     * Reads files of this folder; later files override earlier ones. The test is skipped if Compose is not installed.
     */
    static ComposeFile of(String... files) throws Exception {
        List<String> command = new ArrayList<>();
        if (DebianTools.run(HERE, "", "sh", "-c", "docker compose version").exitCode() == 0) {
            command.addAll(List.of("docker", "compose"));
        } else {
            DebianTools.require("docker-compose", "Debian's package docker-compose");
            command.add("docker-compose");
        }
        for (String file : files) {
            command.addAll(List.of("--file", file));
        }
        // Includes the producer, regardless of the test's environment.
        command.addAll(List.of("--profile", "samples", "config"));
        DebianTools.Answer answer = DebianTools.run(HERE, "", command.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        return new ComposeFile(new YAMLMapper().readTree(answer.text()));
    }

    /** Returns the services by name. */
    Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new LinkedHashMap<>();
        root.get("services").properties().forEach(service -> services.put(service.getKey(), service.getValue()));
        return services;
    }

    /** Returns one service. */
    JsonNode service(String name) {
        JsonNode service = root.at("/services/" + name);
        assertThat(service.isMissingNode()).as("service %s is missing", name).isFalse();
        return service;
    }

    /** Returns the words of a service's command or health check. */
    static List<String> words(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    /** Returns the words of a service's health check command. */
    static List<String> healthcheck(JsonNode service) {
        List<String> words = words(service.at("/healthcheck/test"));
        assertThat(words.get(0)).isEqualTo("CMD");
        return words.subList(1, words.size());
    }

    /** Returns a service's environment variables. */
    static Map<String, String> environment(JsonNode service) {
        Map<String, String> environment = new LinkedHashMap<>();
        service.path("environment")
                .properties()
                .forEach(variable ->
                        environment.put(variable.getKey(), variable.getValue().asText()));
        return environment;
    }

    /** Returns a service's mounts: the path on the host, or the name of a volume, by path in the container. */
    static Map<String, String> mounts(JsonNode service) {
        Map<String, String> mounts = new LinkedHashMap<>();
        for (JsonNode volume : service.path("volumes")) {
            if (volume.isTextual()) {
                String[] parts = volume.asText().split(":");
                mounts.put(parts[1], parts[0]);
            } else {
                mounts.put(volume.get("target").asText(), volume.get("source").asText());
            }
        }
        return mounts;
    }
}
