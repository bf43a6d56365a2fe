package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the overlays as kubectl renders them, without a cluster. ContainersIT runs their pods' commands. */
class KubernetesFilesTest {
    private static final Path KUBERNETES = Path.of("deploy", "kubernetes");
    private static final JsonNode LABELS =
            new ObjectMapper().createObjectNode().put("app.kubernetes.io/name", "resnet-streams");

    @TempDir
    private static Path folder;

    private static Kustomization cpu;
    private static Kustomization gpu;

    @BeforeAll
    static void render() throws Exception {
        cpu = Kustomization.render(KUBERNETES.resolve("overlays/cpu"));
        gpu = Kustomization.render(KUBERNETES.resolve("overlays/gpu"));
    }

    @Test
    void everyObjectFitsItsSchema() throws Exception {
        List<JsonNode> all = new ArrayList<>(cpu.objects());
        all.addAll(gpu.objects());
        assertThat(DeployFilesTest.faults(all)).isEmpty();
    }

    /** Shows that the test above can fail, also for objects without spec and for those of other projects. */
    @Test
    void anObjectThatDoesNotFitIsFound() throws Exception {
        ObjectNode account = cpu.only("ServiceAccount").deepCopy();
        account.put("automountToken", false);
        ObjectNode monitor = cpu.only("ServiceMonitor").deepCopy();
        ((ObjectNode) monitor.at("/spec/endpoints/0")).put("port", 9464);
        ObjectNode unknown = cpu.only("Service").deepCopy();
        unknown.put("kind", "Servise");
        assertThat(DeployFilesTest.faults(List.of(account, monitor, unknown)))
                .contains("unknown property automountToken", "port must be string", "no schema for v1 Servise");
    }

    @Test
    void everySelectorMatchesOnlyThePods() {
        for (Kustomization overlay : List.of(cpu, gpu)) {
            JsonNode deployment = overlay.only("Deployment");
            assertThat(deployment.at("/spec/template/metadata/labels")).isEqualTo(LABELS);
            assertThat(deployment.at("/spec/selector/matchLabels")).isEqualTo(LABELS);
            assertThat(deployment.at("/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels"))
                    .isEqualTo(LABELS);
            assertThat(overlay.only("Service").at("/spec/selector")).isEqualTo(LABELS);
            assertThat(overlay.only("Service").at("/metadata/labels")).isEqualTo(LABELS);
            assertThat(overlay.only("ServiceMonitor").at("/spec/selector/matchLabels"))
                    .isEqualTo(LABELS);
            assertThat(overlay.only("PodDisruptionBudget").at("/spec/selector/matchLabels"))
                    .isEqualTo(LABELS);
            assertThat(overlay.only("NetworkPolicy").at("/spec/podSelector/matchLabels"))
                    .isEqualTo(LABELS);
            assertThat(overlay.only("ScaledObject").at("/spec/scaleTargetRef/name"))
                    .isEqualTo(deployment.at("/metadata/name"));
            // Applying the overlay keeps the autoscaler's number of replicas.
            assertThat(deployment.at("/spec/replicas").isMissingNode()).isTrue();
        }
    }

    private static JsonNode container(Kustomization overlay) {
        return overlay.only("Deployment").at("/spec/template/spec/containers/0");
    }

    @Test
    void theMetricsAreReachable() throws Exception {
        JsonNode container = container(cpu);
        String port = container.at("/ports/0/name").asText();
        assertThat(cpu.only("Service").at("/spec/ports/0/targetPort").asText()).isEqualTo(port);
        assertThat(cpu.only("ServiceMonitor").at("/spec/endpoints/0/port"))
                .isEqualTo(cpu.only("Service").at("/spec/ports/0/name"));
        assertThat(cpu.only("NetworkPolicy").at("/spec/ingress/0/ports/0/port").asText())
                .isEqualTo(port);
        // Rules and autoscalers select this job by its name.
        String jobLabel = cpu.only("ServiceMonitor").at("/spec/jobLabel").asText();
        String job = cpu.only("Service").at("/metadata/labels").get(jobLabel).asText();
        assertThat(cpu.only("ScaledObject")
                        .at("/spec/triggers/0/metadata/query")
                        .asText())
                .contains("job=\"" + job + "\"");
        DockerImage image = DockerImage.of(Files.readString(Path.of("Dockerfile")));
        assertThat(container.at("/ports/0/containerPort").asText())
                .isEqualTo(image.environment().get("RESNET_STREAMS_METRICS_PORT"))
                .isEqualTo(image.last("EXPOSE"));
    }

    @Test
    void theGracePeriodSufficesToStop() throws Exception {
        for (Kustomization overlay : List.of(cpu, gpu)) {
            JsonNode spec = overlay.only("Deployment").at("/spec/template/spec");
            JsonNode preStop = spec.at("/containers/0/lifecycle/preStop/exec/command");
            assertThat(preStop.get(0).asText()).isEqualTo("sleep");
            long stopping = preStop.get(1).asLong() + configuration(overlay).shutdownTimeoutMillis() / 1_000;
            assertThat(spec.get("terminationGracePeriodSeconds").asLong()).isBetween(stopping + 5, stopping + 30);
        }
    }

    private static Configuration configuration(Kustomization overlay) throws Exception {
        Path file = Files.createTempFile(folder, "pipeline", ".yaml");
        Files.writeString(
                file, overlay.only("ConfigMap").at("/data").get("pipeline.yaml").asText());
        return new ConfigurationLoader().file(file).load();
    }

    @Test
    void theConfigurationReadsTheMountedSecrets() throws Exception {
        String mount = "/run/secrets/kafka";
        assertThat(container(cpu).get("volumeMounts").findValuesAsText("mountPath"))
                .contains(mount);
        String text = cpu.only("ConfigMap").at("/data").get("pipeline.yaml").asText();
        assertThat(text).contains("${dir:" + mount + ":password}", mount + "/ca.pem");
        assertThat(cpu.objects())
                .noneMatch(object -> object.get("kind").asText().equals("Secret"));
        int port = Integer.parseInt(configuration(cpu).bootstrapServers().split(":")[1]);
        assertThat(cpu.only("NetworkPolicy").at("/spec/egress/1/ports/0/port").asInt())
                .isEqualTo(port);
    }

    @Test
    void onlyTheFoldersThatTheImageWritesToAreWritable() throws Exception {
        DockerImage image = DockerImage.of(Files.readString(Path.of("Dockerfile")));
        for (Kustomization overlay : List.of(cpu, gpu)) {
            JsonNode container = container(overlay);
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            List<String> writable = container
                    .get("volumeMounts")
                    .valueStream()
                    .filter(mount -> !mount.path("readOnly").asBoolean())
                    .map(mount -> mount.get("mountPath").asText())
                    .toList();
            assertThat(writable)
                    .containsExactlyInAnyOrder("/tmp", image.environment().get("RESNET_STREAMS_CACHE"));
        }
    }

    @Test
    void podsMeetTheRestrictedStandard() {
        for (Kustomization overlay : List.of(cpu, gpu)) {
            JsonNode spec = overlay.only("Deployment").at("/spec/template/spec");
            assertThat(spec.get("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(spec.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            JsonNode context = spec.at("/containers/0/securityContext");
            assertThat(context.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
            assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        }
    }

    @Test
    void aGpuPodRequestsAGpuAndUsesTheGpuImage() {
        JsonNode container = container(gpu);
        assertThat(container.at("/resources/limits").get("nvidia.com/gpu").asInt())
                .isEqualTo(1);
        assertThat(container.get("image").asText()).endsWith("-gpu");
        assertThat(container.get("args").valueStream().map(JsonNode::asText)).contains("device=gpu");
        assertThat(container(cpu).at("/resources/limits").has("nvidia.com/gpu")).isFalse();
    }

    @Test
    void everyComponentScalesTheDeployment() throws Exception {
        try (Stream<Path> components = Files.list(KUBERNETES.resolve("components"))) {
            for (Path component : components.toList()) {
                Kustomization rendered = Kustomization.render(component);
                assertThat(rendered.objects()).singleElement().satisfies(scaler -> assertThat(
                                scaler.at("/spec/scaleTargetRef/name"))
                        .isEqualTo(cpu.only("Deployment").at("/metadata/name")));
            }
        }
    }

    @Test
    void theOperatorsRulesEqualTheOthers() throws Exception {
        ArrayNode groups = new ObjectMapper().createArrayNode();
        groups.addAll((ArrayNode) DeployFilesTest.yaml("recording-rules.yml").get("groups"));
        groups.addAll((ArrayNode) DeployFilesTest.yaml("alerts.yml").get("groups"));
        JsonNode spec = cpu.only("PrometheusRule").get("spec");
        assertThat(spec.get("groups")).isEqualTo(groups);
        // The operator rejects groups with the same name.
        assertThat(new TreeSet<>(groups.findValuesAsText("name"))).hasSize(groups.size());
        DebianTools.require("promtool", "Debian's package prometheus");
        Path rules = folder.resolve("rules.yml");
        new YAMLMapper().writeValue(rules.toFile(), spec);
        assertThat(DebianTools.run(folder, "", "promtool", "check", "rules", rules.toString())
                        .exitCode())
                .isZero();
    }
}
