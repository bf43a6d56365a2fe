package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Other clients, as they are installed, send events in their own forms, and read the labels. */
class OtherClientsIT {
    private static final Path FOLDER = Path.of("src", "test", "clients");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestCluster cluster;
    private static Path image;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start();
        cluster.run();
        try (Stream<Path> files = Files.list(TestCluster.SAMPLES)) {
            image = files.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static List<JsonNode> run(String... command) throws IOException, InterruptedException {
        List<String> limited = new ArrayList<>(List.of("timeout", "120"));
        limited.addAll(List.of(command));
        DebianTools.Answer answer = DebianTools.run(FOLDER, "", limited.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : answer.text().lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static void assertLabels(List<JsonNode> lines, String... ids) {
        assertThat(lines).extracting(line -> line.get("id").asText()).containsExactlyInAnyOrder(ids);
        assertThat(lines).extracting(line -> line.get("label").asText()).containsOnly("Ankle boot");
        assertThat(lines)
                .extracting(line -> line.at("/headers/content-type").asText())
                .containsOnly("application/json");
    }

    private static JsonNode headers(List<JsonNode> lines, String id) {
        return lines.stream()
                .filter(line -> line.get("id").asText().equals(id))
                .findFirst()
                .orElseThrow()
                .get("headers");
    }

    @Test
    void kafkajsAndCloudEvents() throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        DebianTools.requireThat(
                Files.isDirectory(FOLDER.resolve("node_modules")),
                "kafkajs is not installed (npm ci --prefix " + FOLDER + " --ignore-scripts)");
        List<JsonNode> lines = run("node", "clients.js", cluster.bootstrap(), image.toString());
        assertLabels(
                lines,
                "node-image",
                "node-plain",
                "node-octets",
                "node-json",
                "node-url",
                "node-base64url",
                "node-attributes",
                "node-binary",
                "node-binary-json",
                "node-structured",
                "node-structured-json");
        JsonNode binary = headers(lines, "node-binary");
        assertThat(binary.get("event-content-type").asText()).isEqualTo("image/png");
        assertThat(binary.get("event-ce_source").asText()).isEqualTo("/camera/5");
        assertThat(binary.has("ce_source")).isFalse();
    }

    @Test
    void librdkafkaAndKafkaPython() throws Exception {
        DebianTools.requireThat(
                Files.exists(Path.of("/usr/lib/python3/dist-packages/confluent_kafka"))
                        && Files.exists(Path.of("/usr/lib/python3/dist-packages/kafka")),
                "Debian's packages python3-confluent-kafka and python3-kafka are not installed");
        List<JsonNode> lines = run("/usr/bin/python3", "clients.py", cluster.bootstrap(), image.toString());
        for (String reader : List.of("rd", "py")) {
            List<JsonNode> read = lines.stream()
                    .filter(line -> line.get("client").asText().equals(reader))
                    .toList();
            assertLabels(
                    read,
                    "rd-image",
                    "rd-plain",
                    "rd-json",
                    "rd-lines",
                    "rd-url",
                    "17",
                    "rd-framed",
                    "rd-ce",
                    "py-image",
                    "py-plain",
                    "py-json",
                    "py-lines",
                    "py-url",
                    "17",
                    "py-framed",
                    "py-ce");
        }
    }

    @Test
    void kcat() throws Exception {
        DebianTools.require("kcat", "Debian's package kcat");
        DebianTools.Answer sent = DebianTools.run(
                FOLDER,
                "",
                "kcat",
                "-P",
                "-b",
                cluster.bootstrap(),
                "-t",
                "image-events",
                "-k",
                "kcat-image",
                "-H",
                "content-type=image/png",
                image.toString());
        assertThat(sent.exitCode()).as(sent.text()).isZero();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            DebianTools.Answer read = DebianTools.run(
                    FOLDER,
                    "",
                    "timeout",
                    "60",
                    "kcat",
                    "-C",
                    "-b",
                    cluster.bootstrap(),
                    "-t",
                    "image-labels",
                    "-X",
                    "isolation.level=read_committed",
                    "-e",
                    "-q",
                    "-f",
                    "%h %s\\n");
            assertThat(read.text())
                    .contains("event-content-type=image/png,content-type=application/json {\"id\":\"kcat-image\","
                            + "\"label\":\"Ankle boot\"");
        });
    }
}
