package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Checks Dockerfiles and Compose files with a linter and Compose. ContainersIT runs their commands without an engine.
 */
class ComposeFilesTest {
    private static final String DIGEST = ".*:[^:@]+@sha256:[0-9a-f]{64}";

    private static final List<String> FOR_GPUS = List.of("Dockerfile.gpu", "Dockerfile.gpu-mxnet");
    private static final List<String> DOCKERFILES = List.of("Dockerfile", FOR_GPUS.get(0), FOR_GPUS.get(1));

    private static ComposeFile compose;

    @BeforeAll
    static void read() throws Exception {
        compose = ComposeFile.of("docker-compose.yml");
    }

    private static DockerImage image(String file) throws Exception {
        return DockerImage.of(Files.readString(Path.of(file)));
    }

    @Test
    void theLinterFindsNothingInTheDockerfiles() throws Exception {
        for (String file : DOCKERFILES) {
            assertThat(image(file).faults()).as(file).isEmpty();
        }
    }

    /** Shows that the test above can fail. */
    @Test
    void theLinterFindsAMistake() throws Exception {
        String text = Files.readString(Path.of("Dockerfile")).replace("EXPOSE 9464", "EXPOSE metrics");
        assertThat(DockerImage.of(text).faults()).singleElement().asString().contains("metrics");
    }

    @Test
    void everyBaseIsPinnedByItsDigest() throws Exception {
        assertThat(image("Dockerfile").baseImages().values()).isNotEmpty().allMatch(name -> name.matches(DIGEST));
        for (String file : FOR_GPUS) {
            assertThat(image(file).baseImages().get("FETCH_IMAGE"))
                    .as(file)
                    .isEqualTo(image("Dockerfile").baseImages().get("RUNTIME_IMAGE"));
        }
        assertThat(compose.services().values()).allSatisfy(service -> {
            if (!service.has("build")) {
                assertThat(service.get("image").asText()).matches(DIGEST);
            }
        });
        // The broker has the version of the tested client.
        assertThat(compose.service("broker").get("image").asText())
                .startsWith("apache/kafka:" + AppInfoParser.getVersion() + "@");
    }

    @Test
    void theImagesRunAsTheSameUnprivilegedUser() throws Exception {
        for (String file : DOCKERFILES) {
            assertThat(image(file).last("USER"))
                    .as(file)
                    .isEqualTo(image("Dockerfile").last("USER"))
                    .matches("[1-9]\\d*:[1-9]\\d*");
        }
    }

    @Test
    void portsArePublishedOnlyOnLoopback() {
        compose.services().values().stream()
                .flatMap(service -> service.path("ports").valueStream())
                .forEach(port -> assertThat(
                                port.isTextual()
                                        ? port.asText()
                                        : port.get("host_ip").asText() + ":")
                        .startsWith("127.0.0.1:"));
    }

    @Test
    void containersHaveMinimalRights() {
        compose.services().forEach((name, service) -> {
            assertThat(ComposeFile.words(service.get("cap_drop"))).as(name).containsExactly("ALL");
            assertThat(ComposeFile.words(service.get("security_opt")))
                    .as(name)
                    .containsExactly("no-new-privileges:true");
            // Kafka's image writes its configuration to its own file system.
            assertThat(service.path("read_only").asBoolean()).as(name).isEqualTo(!name.equals("broker"));
        });
    }

    @Test
    void everyMountedFileExists() {
        compose.services().values().forEach(service -> ComposeFile.mounts(service).values().stream()
                .filter(source -> source.contains("/"))
                .forEach(source -> assertThat(Path.of(source)).isRegularFile()));
    }

    @Test
    void everyDependencyHasAHealthCheckOrExits() {
        compose.services()
                .values()
                .forEach(service -> service.path("depends_on").properties().forEach(dependency -> {
                    JsonNode other = compose.service(dependency.getKey());
                    boolean completes =
                            dependency.getValue().get("condition").asText().endsWith("successfully");
                    boolean healthy = other.has("healthcheck")
                            ? !other.at("/healthcheck/disable").asBoolean()
                            : other.has("build");
                    assertThat(completes || healthy).as(dependency.toString()).isTrue();
                }));
    }

    @Test
    void theGracePeriodSufficesToStop() throws Exception {
        String grace = compose.service("pipeline").get("stop_grace_period").asText();
        assertThat(Long.parseLong(grace.replace("s", "")) * 1_000)
                .isGreaterThanOrEqualTo(new ConfigurationLoader().load().shutdownTimeoutMillis() + 5_000);
    }

    @Test
    void theBrokerStoresItsLogInAVolumeAndAcceptsTheLargestEvent() {
        JsonNode broker = compose.service("broker");
        Map<String, String> environment = ComposeFile.environment(broker);
        assertThat(ComposeFile.mounts(broker)).containsKey(environment.get("KAFKA_LOG_DIRS"));
        int largest = new ConfigurationLoader().load().topicSettings().maxMessageBytes();
        assertThat(Integer.parseInt(environment.get("KAFKA_MESSAGE_MAX_BYTES")))
                .isGreaterThanOrEqualTo(largest + (64 << 10));
    }

    @Test
    void grafanaFindsPrometheusAndTheDashboard() throws Exception {
        JsonNode grafana = compose.service("grafana");
        Map<String, String> mounts = ComposeFile.mounts(grafana);
        JsonNode source =
                DeployFilesTest.yaml("compose/grafana-datasources.yml").at("/datasources/0");
        assertThat(source.get("url").asText()).isEqualTo("http://prometheus:9090");
        JsonNode dashboard =
                new ObjectMapper().readTree(Path.of("deploy", "dashboard.json").toFile());
        // The dashboard uses the default data source of this type.
        JsonNode variable = dashboard.at("/templating/list/0");
        assertThat(variable.get("type").asText()).isEqualTo("datasource");
        assertThat(variable.get("query").asText()).isEqualTo(source.get("type").asText());
        assertThat(source.get("isDefault").asBoolean()).isTrue();
        assertThat(new TreeSet<>(dashboard.get("panels").findValuesAsText("uid")))
                .containsExactly("${" + variable.get("name").asText() + "}");

        String folder = DeployFilesTest.yaml("compose/grafana-dashboards.yml")
                .at("/providers/0/options/path")
                .asText();
        String home = ComposeFile.environment(grafana).get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH");
        assertThat(home).startsWith(folder + "/");
        assertThat(Path.of(mounts.get(home)).getFileName()).hasToString("dashboard.json");
        assertThat(mounts.keySet())
                .anyMatch(target -> target.startsWith("/etc/grafana/provisioning/datasources/"))
                .anyMatch(target -> target.startsWith("/etc/grafana/provisioning/dashboards/"))
                .contains("/var/lib/grafana");
    }

    @Test
    void prometheusScrapesThePipelinesPort() throws Exception {
        JsonNode discovery = DeployFilesTest.yaml("compose/prometheus.yml").at("/scrape_configs/0/dns_sd_configs/0");
        assertThat(compose.services()).containsKey(discovery.at("/names/0").asText());
        assertThat(discovery.get("port").asText()).isEqualTo(image("Dockerfile").last("EXPOSE"));
    }

    @Test
    void composeAcceptsTheGpuFile() throws Exception {
        JsonNode pipeline =
                ComposeFile.of("docker-compose.yml", "docker-compose.gpu.yml").service("pipeline");
        assertThat(pipeline.get("image").asText()).isEqualTo("resnet-streams:gpu");
        assertThat(pipeline.get("read_only").asBoolean()).isTrue();
        assertThat(pipeline.at("/deploy/resources/reservations/devices/0/driver")
                        .asText())
                .isEqualTo("nvidia");
        assertThat(pipeline.at("/build/dockerfile").asText()).isEqualTo("Dockerfile.gpu");
    }
}
