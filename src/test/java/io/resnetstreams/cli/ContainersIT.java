package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.cli.ContainerHost.Container;
import io.resnetstreams.cli.ContainerHost.Mount;
import io.resnetstreams.cli.ContainerHost.Specification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the unmodified commands of docker-compose.yml and of the Kubernetes manifests in a {@link ContainerHost}. The
 * class that Kafka's image uses configures the broker from its variables; Prometheus is Debian's. The images' builds
 * and shell scripts, Grafana and the GPU are not covered.
 */
@Tag("full") // DistributionIT runs the archive; ComposeFilesTest and KubernetesFilesTest check the files.
class ContainersIT {
    private static final Path DEPLOY = Path.of("deploy");
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String KAFKA_USER = "1000:1000";
    private static final String JAVA = "/opt/java/bin/java";
    private static final String KAFKA_CLASSES = "/opt/resnet-streams/lib/*:/opt/resnet-streams/lib/linux-x86_64/*";
    private static final String PASSWORD = "geheim-7";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(180);

    @TempDir
    private static Path folder;

    private static ComposeFile compose;
    private static DockerImage image;
    private static InstalledDistribution distribution;
    private static ContainerHost host;
    private static HeldCertificate authority;

    @BeforeAll
    static void startTheBroker() throws Exception {
        compose = ComposeFile.of("docker-compose.yml");
        image = DockerImage.of(Files.readString(Path.of("Dockerfile")));
        distribution = InstalledDistribution.get();
        Set<String> names = new LinkedHashSet<>(compose.services().keySet());
        names.add("kafka");
        host = ContainerHost.start(folder, names);

        Map<String, String> environment = withSecuredListener(ComposeFile.environment(compose.service("broker")));
        List<Mount> mounts = new ArrayList<>(image());
        // The broker's container is not read-only in Compose, so its /tmp is a plain folder; codecs are unpacked there.
        mounts.add(Mount.memory("/tmp", "mode=1777,exec"));
        mounts.add(Mount.writable(Files.createDirectory(folder.resolve("kafka-config")), "/opt/kafka/config"));
        mounts.add(Mount.readOnly(Files.createDirectories(folder.resolve("kafka-secrets")), "/etc/kafka/secrets"));
        ComposeFile.mounts(compose.service("broker")).forEach((target, volume) -> mounts.add(volume(volume, target)));
        // The command of the image's launch script, without its Java options.
        List<String> setup = List.of(
                "kafka.docker.KafkaDockerWrapper",
                "setup",
                "--default-configs-dir",
                "/etc/kafka/docker",
                "--mounted-configs-dir",
                "/mnt/shared/config",
                "--final-configs-dir",
                "/opt/kafka/config");
        assertThat(kafka("broker-setup", mounts, environment, setup).awaitEnd()).isZero();
        assertThat(folder.resolve("volume-broker/meta.properties"))
                .content()
                .contains("cluster.id=" + environment.get("CLUSTER_ID"));
        kafka("broker", mounts, environment, List.of("kafka.Kafka", "/opt/kafka/config/server.properties"))
                .awaitHealthy(List.of("bash", "-c", "exec 3<>/dev/tcp/broker/19092"));
        Container topics = startService("topics");
        assertThat(topics.awaitEnd()).as(topics.log()).isZero();
    }

    /** All containers of a test listen on the same port of one network. */
    @AfterEach
    void killContainers() throws InterruptedException {
        host.killAllExcept("broker");
    }

    @AfterAll
    static void stop() {
        if (host != null) {
            host.close();
        }
    }

    /** Adds a listener with TLS and logins, which the manifests need and Compose's broker lacks. */
    private static Map<String, String> withSecuredListener(Map<String, String> environment) throws Exception {
        authority = new HeldCertificate.Builder()
                .commonName("test CA")
                .certificateAuthority(0)
                .build();
        HeldCertificate own = new HeldCertificate.Builder()
                .commonName("broker")
                .addSubjectAlternativeName("kafka")
                .signedBy(authority)
                .build();
        Files.writeString(
                Files.createDirectories(folder.resolve("kafka-secrets")).resolve("broker.pem"),
                own.privateKeyPkcs8Pem() + own.certificatePem());
        Map<String, String> both = new LinkedHashMap<>(environment);
        both.merge("KAFKA_LISTENERS", ",SECURED://:9093", String::concat);
        both.merge("KAFKA_ADVERTISED_LISTENERS", ",SECURED://kafka:9093", String::concat);
        both.merge("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", ",SECURED:SASL_SSL", String::concat);
        String prefix = "KAFKA_LISTENER_NAME_SECURED_";
        both.put(prefix + "SASL_ENABLED_MECHANISMS", "PLAIN");
        both.put(
                prefix + "PLAIN_SASL_JAAS_CONFIG",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_pipeline=\"" + PASSWORD + "\";");
        both.put(prefix + "SSL_KEYSTORE_TYPE", "PEM");
        both.put(prefix + "SSL_KEYSTORE_LOCATION", "/etc/kafka/secrets/broker.pem");
        return both;
    }

    private static List<Mount> image() {
        return List.of(
                Mount.readOnly(distribution.java(), "/opt/java"),
                Mount.readOnly(distribution.home(), "/opt/resnet-streams"));
    }

    private static Mount volume(String name, String target) {
        try {
            return Mount.writable(Files.createDirectories(folder.resolve("volume-" + name)), target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Container kafka(String name, List<Mount> mounts, Map<String, String> environment, List<String> main)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(JAVA, "-Xmx512m", "-cp", KAFKA_CLASSES));
        command.addAll(main);
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("PATH", PATH);
        return host.run(name, new Specification(KAFKA_USER, "/", mounts, all, command));
    }

    /** Starts a service of the product with the image's user, directory, variables and entry point. */
    private static Container startService(String name) throws Exception {
        JsonNode service = compose.service(name);
        assertThat(service.get("read_only").asBoolean()).isTrue();
        return startProduct(
                name, mounts(), ComposeFile.environment(service), ComposeFile.words(service.get("command")));
    }

    private static Container startProduct(
            String name, List<Mount> mounts, Map<String, String> environment, List<String> arguments) throws Exception {
        Map<String, String> all = new LinkedHashMap<>(Map.of("PATH", PATH));
        all.putAll(image.environment());
        all.putAll(environment);
        List<String> command = new ArrayList<>(image.words("ENTRYPOINT"));
        command.addAll(arguments);
        return host.run(name, new Specification(image.last("USER"), image.last("WORKDIR"), mounts, all, command));
    }

    private static Container prometheus() throws Exception {
        JsonNode service = compose.service("prometheus");
        List<Mount> mounts = new ArrayList<>();
        ComposeFile.mounts(service)
                .forEach((target, source) -> mounts.add(
                        source.contains("/") ? Mount.readOnly(Path.of(source), target) : volume(source, target)));
        List<String> command = new ArrayList<>(List.of("prometheus"));
        command.addAll(ComposeFile.words(service.get("command")));
        return host.run(
                "prometheus",
                new Specification(service.get("user").asText(), "/prometheus", mounts, Map.of("PATH", PATH), command));
    }

    private static double value(String expression) throws Exception {
        String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        JsonNode samples = new ObjectMapper()
                .readTree(host.get("http://prometheus:9090/api/v1/query?query=" + query))
                .at("/data/result");
        return samples.size() == 1
                ? PrometheusServer.number(samples.get(0).at("/value/1").asText())
                : Double.NaN;
    }

    private static void awaitAtLeast(double least, String expression) {
        await(expression)
                .atMost(LONGEST_WAIT)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> value(expression) >= least);
    }

    /** Waits until all events have exactly one outcome. */
    private static void awaitEveryOutcome() {
        await().atMost(LONGEST_WAIT).untilAsserted(() -> {
            Container check =
                    startProduct("check", mounts(), Map.of(), List.of("check", "--bootstrap", "broker:19092"));
            assertThat(check.awaitEnd()).as(check.log()).isZero();
        });
    }

    @Test
    void composeFeedsTheDashboard() throws Exception {
        assertThat(host.execute(image.healthcheck()).exitCode()).isNotZero();
        Container pipeline = startService("pipeline").awaitHealthy(image.healthcheck());
        Container prometheus = prometheus();
        prometheus.awaitHealthy(ComposeFile.healthcheck(compose.service("prometheus")));
        Container producer = startService("producer");

        awaitAtLeast(0.1, "sum(rate(resnet_streams_events_total{outcome=\"label\"}[1m]))");
        awaitAtLeast(1, "resnet_streams:instances:count{job=\"resnet-streams\"}");
        awaitAtLeast(1, "resnet_streams:desired_instances:max{job=\"resnet-streams\"}");
        assertThat(host.get("http://prometheus:9090/api/v1/rules")).contains("ResnetStreamsBehind");

        producer.stop(grace("producer"));
        // This codec also unpacks its native library, and nothing in /tmp can be executed.
        produce("zstd");
        awaitEveryOutcome();
        assertThat(prometheus.stop(grace("prometheus"))).as(prometheus.log()).isZero();
        assertThat(pipeline.stop(grace("pipeline"))).as(pipeline.log()).isZero();
    }

    private static long grace(String service) {
        String grace = compose.service(service).path("stop_grace_period").asText("10s");
        return Long.parseLong(grace.replaceFirst("s$", ""));
    }

    @Test
    void thePodLogsInWithItsSecretAndStopsInTime() throws Exception {
        Kustomization rendered = Kustomization.render(DEPLOY.resolve("kubernetes/overlays/cpu"));
        JsonNode pod = rendered.only("Deployment").at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        assertThat(pod.at("/securityContext/runAsUser").asText() + ":"
                        + pod.at("/securityContext/runAsGroup").asText())
                .isEqualTo(image.last("USER"));
        Container instance = startProduct(
                "pod", podMounts(rendered, pod), podEnvironment(container), ComposeFile.words(container.get("args")));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("metrics");
            String url =
                    "http://pipeline:" + container.at("/ports/0/containerPort").asInt()
                            + container.at("/" + probe + "/httpGet/path").asText();
            instance.awaitHealthy(List.of("wget", "-q", "-O", "/dev/null", url));
        }
        produce("snappy");
        awaitEveryOutcome();

        List<String> preStop = ComposeFile.words(container.at("/lifecycle/preStop/exec/command"));
        assertThat(instance.execute(preStop)).isZero();
        long grace =
                pod.get("terminationGracePeriodSeconds").asLong() - Long.parseLong(preStop.get(preStop.size() - 1));
        assertThat(instance.stop(grace)).as(instance.log()).isZero();
        assertThat(instance.log()).doesNotContain(PASSWORD);
    }

    /** Sends the samples once at full speed, compressed with this codec. */
    private static void produce(String codec) throws Exception {
        Container produce = startProduct(
                "produce-" + codec,
                mounts(),
                Map.of(),
                List.of(
                        "produce",
                        "models/resnet20-fashion-mnist/samples",
                        "--bootstrap=broker:19092",
                        "--set=kafka.producer.compression.type=" + codec));
        assertThat(produce.awaitEnd()).as(produce.log()).isZero();
    }

    /** Returns the image and the writable mounts that Compose gives to each container. */
    private static List<Mount> mounts() {
        List<Mount> mounts = new ArrayList<>(image());
        for (String memory : ComposeFile.words(compose.service("pipeline").get("tmpfs"))) {
            String[] parts = memory.split(":", 2);
            mounts.add(Mount.memory(parts[0], parts.length == 1 ? "mode=1777" : parts[1]));
        }
        return mounts;
    }

    private static List<Mount> podMounts(Kustomization rendered, JsonNode pod) throws Exception {
        List<Mount> mounts = new ArrayList<>(image());
        for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            String target = mount.get("mountPath").asText();
            JsonNode volume = named(pod.get("volumes"), mount.get("name").asText());
            if (volume.has("configMap")) {
                JsonNode map = rendered.only("ConfigMap");
                assertThat(map.at("/metadata/name")).isEqualTo(volume.at("/configMap/name"));
                Path files = Files.createDirectories(folder.resolve("config-map"));
                for (Map.Entry<String, JsonNode> file : map.get("data").properties()) {
                    Files.writeString(
                            files.resolve(file.getKey()), file.getValue().asText());
                }
                mounts.add(Mount.readOnly(files, target));
            } else if (volume.has("secret")) {
                mounts.add(
                        Mount.readOnly(secret(volume.at("/secret/defaultMode").asInt()), target));
            } else {
                assertThat(volume.has("emptyDir")).as(volume.toString()).isTrue();
                // As the kubelet creates them.
                Path empty = Files.createDirectories(
                        folder.resolve("empty-" + mount.get("name").asText()));
                mounts.add(Mount.writable(empty, target));
            }
        }
        return mounts;
    }

    private static Path secret(int mode) throws Exception {
        Path files = Files.createDirectories(folder.resolve("secret"));
        Files.writeString(files.resolve("ca.pem"), authority.certificatePem());
        Files.writeString(files.resolve("username"), "pipeline");
        Files.writeString(files.resolve("password"), PASSWORD);
        String group = image.last("USER").split(":")[1];
        String script = "chown -R 0:" + group + " . && chmod " + Integer.toOctalString(mode) + " *";
        assertThat(DebianTools.run(files, "", "sh", "-c", script).exitCode()).isZero();
        return files;
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(entry -> entry.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> podEnvironment(JsonNode container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : container.get("env")) {
            String resource =
                    variable.at("/valueFrom/resourceFieldRef/resource").asText();
            environment.put(
                    variable.get("name").asText(),
                    resource.isEmpty()
                            ? variable.get("value").asText()
                            : container
                                    .at("/resources/" + resource.replace('.', '/'))
                                    .asText());
        }
        return environment;
    }

    @Test
    void aPodWithoutAGpuReportsIt() throws Exception {
        Kustomization rendered = Kustomization.render(DEPLOY.resolve("kubernetes/overlays/gpu"));
        JsonNode pod = rendered.only("Deployment").at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        Container instance = startProduct(
                "gpu-pod",
                podMounts(rendered, pod),
                podEnvironment(container),
                ComposeFile.words(container.get("args")));
        assertThat(instance.awaitEnd()).as(instance.log()).isEqualTo(2);
        Matcher line =
                Pattern.compile("device is 'gpu', but no GPU can be used: (.*)").matcher(instance.log());
        assertThat(line.find()).as(instance.log()).isTrue();
        assertThat(line.group(1)).isEqualTo("the machine has no CUDA device");
    }
}
