package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.util.List;

/** The objects that {@code kubectl apply -k} would send. kubectl renders them without a cluster. */
final class Kustomization {
    private final List<JsonNode> objects;

    private Kustomization(List<JsonNode> objects) {
        this.objects = objects;
    }

    /** Renders a folder. The test is skipped if kubectl is not installed. */
    static Kustomization render(Path folder) throws Exception {
        DebianTools.require("kubectl", "Kubernetes 1.27 or newer");
        DebianTools.Answer answer = DebianTools.run(Path.of("."), "", "kubectl", "kustomize", folder.toString());
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        try (MappingIterator<JsonNode> documents =
                new YAMLMapper().readerFor(JsonNode.class).readValues(answer.text())) {
            return new Kustomization(documents.readAll());
        }
    }

    /** Returns all objects. */
    List<JsonNode> objects() {
        return objects;
    }

    /** Returns the only object of a kind. */
    JsonNode only(String kind) {
        List<JsonNode> found = objects.stream()
                .filter(object -> object.get("kind").asText().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.get(0);
    }
}
