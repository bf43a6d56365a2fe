package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Checks the files in {@code deploy} with the programs and schemas of their consumers, without a cluster. */
class DeployFilesTest {
    /** KEDA's scaled object, which uses the desired number of instances. */
    static final String KEDA = "kubernetes/components/keda-prometheus/scaled-object.yaml";

    /** The configuration of the Prometheus adapter. */
    static final String ADAPTER = "kubernetes/components/hpa/prometheus-adapter.yaml";

    private static final String KEDA_LAG = "kubernetes/components/keda-lag/scaled-object.yaml";
    private static final String HPA = "kubernetes/components/hpa/hpa.yaml";
    private static final Path DEPLOY = Path.of("deploy");
    private static final Path SCHEMAS = Path.of("src", "test", "kubernetes");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    static JsonNode yaml(String name) throws IOException {
        return YAML.readTree(DEPLOY.resolve(name).toFile());
    }

    private static DebianTools.Answer promtool(String... arguments) throws Exception {
        DebianTools.require("promtool", "Debian's package prometheus");
        String[] command = new String[arguments.length + 1];
        command[0] = "promtool";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return DebianTools.run(DEPLOY, "", command);
    }

    @Test
    void promtoolAcceptsConfigurationAndRules() throws Exception {
        DebianTools.Answer answer = promtool("check", "config", "prometheus.yml");
        assertThat(answer.text()).contains("2 rule files found").doesNotContain("WARNING", "FAILED");
        assertThat(answer.exitCode()).isZero();
    }

    @Test
    void everyAlertFiresAndResolves() throws Exception {
        DebianTools.Answer answer = promtool("test", "rules", "alerts.test.yml");
        assertThat(answer.text()).doesNotContain("FAILED");
        assertThat(answer.exitCode()).isZero();
        Set<String> alerts = new TreeSet<>(yaml("alerts.yml").findValuesAsText("alert"));
        assertThat(alerts).isNotEmpty();
        assertThat(tested(true)).isEqualTo(alerts);
        assertThat(tested(false)).isEqualTo(alerts);
    }

    /** Returns the alerts that the rules' tests expect to fire, or to have resolved after firing. */
    private static Set<String> tested(boolean firing) throws IOException {
        Set<String> names = new TreeSet<>();
        for (JsonNode test : yaml("alerts.test.yml").get("tests")) {
            Set<String> fired = new TreeSet<>();
            for (JsonNode expected : test.path("alert_rule_test")) {
                String name = expected.get("alertname").asText();
                if (!expected.get("exp_alerts").isEmpty()) {
                    fired.add(name);
                } else if (!firing && fired.contains(name)) {
                    names.add(name);
                }
            }
            if (firing) {
                names.addAll(fired);
            }
        }
        return names;
    }

    /** Returns the errors of objects according to the schemas of Kubernetes, KEDA and the Prometheus operator. */
    static String faults(List<JsonNode> manifests) throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(SCHEMAS.resolve("node_modules")),
                "the schemas of Kubernetes are not installed (npm ci --prefix " + SCHEMAS + ")");
        ArrayNode all = JSON.createArrayNode().addAll(manifests);
        DebianTools.Answer answer = DebianTools.run(SCHEMAS, all.toString(), "node", "validate.mjs");
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        return answer.text();
    }

    @Test
    void theManifestsFitTheSchemasOfKubernetesAndKeda() throws Exception {
        assertThat(faults(List.of(yaml(KEDA), yaml(KEDA_LAG), yaml(HPA)))).isEmpty();
    }

    /** Shows that the test above can fail. */
    @Test
    void aManifestThatDoesNotFitIsFound() throws Exception {
        ObjectNode misspelled = (ObjectNode) yaml(KEDA);
        ((ObjectNode) misspelled.get("spec")).put("minReplicas", 1);
        ObjectNode number = (ObjectNode) yaml(KEDA_LAG);
        ((ObjectNode) number.at("/spec/triggers/0/metadata")).put("lagThreshold", 5);
        ObjectNode missing = (ObjectNode) yaml(HPA);
        ((ObjectNode) missing.get("spec")).remove("maxReplicas");
        assertThat(faults(List.of(misspelled, number, missing)))
                .contains(
                        "unknown property spec.minReplicas",
                        "lagThreshold must be string",
                        "must have required property maxReplicas");
    }

    @Test
    void theAutoscalersMatchTheDefaults() throws IOException {
        Configuration defaults = new ConfigurationLoader().load();
        int partitions = defaults.topicSettings().partitions();
        assertThat(yaml(KEDA).at("/spec/maxReplicaCount").asInt()).isEqualTo(partitions);
        assertThat(yaml(HPA).at("/spec/maxReplicas").asInt()).isEqualTo(partitions);
        JsonNode lag = yaml(KEDA_LAG);
        assertThat(lag.at("/spec/maxReplicaCount").asInt()).isEqualTo(partitions);
        JsonNode trigger = lag.at("/spec/triggers/0/metadata");
        assertThat(trigger.get("consumerGroup").asText()).isEqualTo(defaults.applicationId());
        assertThat(trigger.get("topic").asText()).isEqualTo(defaults.topics().input());
        assertThat(trigger.get("activationLagThreshold").asInt()).isGreaterThanOrEqualTo(partitions);
    }

    @Test
    void theAdapterProvidesTheMetricOfTheAutoscaler() throws IOException {
        JsonNode rule = yaml(ADAPTER).at("/rules/external/0");
        assertThat(rule.at("/name/as").asText())
                .isEqualTo(yaml(HPA).at("/spec/metrics/0/external/metric/name").asText());
        assertThat(yaml("recording-rules.yml").findValuesAsText("record"))
                .anySatisfy(
                        record -> assertThat(rule.get("seriesQuery").asText()).contains('"' + record + '"'));
    }
}
