package io.resnetstreams.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.inference.engine.BatchCalibration;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.topology.Guarantee;
import io.resnetstreams.topology.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationLoaderTest {
    @TempDir
    private Path folder;

    private final ConfigurationLoader loader = new ConfigurationLoader();

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("pipeline.yaml"), yaml);
    }

    private static Configuration with(String key, String value) {
        return new ConfigurationLoader().set(key, value, "--set").load();
    }

    private static void assertMistake(Runnable action, String... fragments) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(action::run)
                .withMessageContainingAll(fragments)
                .satisfies(mistake -> {
                    assertThat(mistake.exitCode()).isEqualTo(2);
                    assertThat(mistake.getMessage().lines()).hasSize(1);
                });
    }

    @Test
    void theDefaultsAreThoseOfTheFileThatUsersRead() {
        assertThat(new ConfigurationLoader()
                        .file(Path.of("topology", "pipeline.yaml"))
                        .load())
                .isEqualTo(loader.load());
    }

    @Test
    void theDefaultsAreAllowed() {
        Configuration configuration = loader.load();
        assertThat(configuration.applicationId()).isEqualTo("resnet-streams");
        assertThat(configuration.guarantee()).isEqualTo("exactly_once_v2");
        assertThat(configuration.topics().input()).isEqualTo("image-events");
        assertThat(configuration.batch().policy().maxSize()).isEqualTo(32);
        assertThat(configuration.kafka()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "applicationId, other",
        "bootstrapServers, kafka:1",
        "brokerTimeoutMillis, 101",
        "guarantee, at_least_once",
        "streamThreads, 5",
        "topics.input, i",
        "topics.labels, l",
        "topics.deadLetters, d",
        "topics.partitions, 7",
        "topics.replicationFactor, 3",
        "topics.maxMessageBytes, 2048",
        "model, other/model",
        "device, gpu:1",
        "engine, onnxruntime",
        "onnxruntime.providers, 'tensorrt,cuda'",
        "onnxruntime.maxGpuMemoryBytes, 4294967296",
        "batch.maxSize, 9",
        "batch.calibrate, false",
        "batch.maxDelayMillis, 11",
        "batch.timeoutMillis, 1200",
        "batch.workersPerDevice, 4",
        "decode.threads, 6",
        "window.maxEvents, 12",
        "window.maxBytes, 9000000000",
        "limits.maxImageBytes, 13",
        "limits.maxPixels, 14",
        "limits.maxEdge, 15",
        "limits.maxAspectRatio, 19",
        "limits.maxDecodeMillis, 21",
        "limits.maxJsonDepth, 16",
        "limits.maxJsonStringLength, 22",
        "limits.maxJsonNumberLength, 23",
        "limits.maxIdLength, 17",
        "limits.maxHeaders, 24",
        "schemaRegistry.url, 'http://a:8081,https://b/api'",
        "schemaRegistry.bearerToken, ${file:/token:a}",
        "schemaRegistry.timeoutMillis, 25000",
        "schemaRegistry.imageField, photo.content",
        "schemaRegistry.idField, meta.id",
        "references.s3.buckets, 'photos,shop-*'",
        "references.s3.endpoint, https://storage.example.com",
        "references.s3.region, eu-central-1",
        "references.s3.pathStyle, true",
        "references.http.hosts, '*.example.com,site.org:8443'",
        "references.http.privateHosts, 'inside:8080,10.0.0.1'",
        "references.file.roots, /data",
        "references.concurrency, 25",
        "references.maxBytes, 9000000001",
        "references.connectTimeoutMillis, 26",
        "references.readTimeoutMillis, 27",
        "references.timeoutMillis, 28",
        "references.maxRedirects, 2",
        "references.retryMillis, 29",
        "references.onOutage, wait",
        "input.onGap, stop",
        "statusSeconds, 103",
        "precision.mode, auto",
        "precision.minAgreement, 0.875",
        "precision.images, photographs",
        "precision.samples, 301",
        "metrics.enabled, false",
        "metrics.host, localhost",
        "metrics.port, 19",
        "metrics.kafka, stream-metrics:state",
        "labels.format, cloudevents",
        "labels.connectSchema, true",
        "labels.topK, 3",
        "labels.threshold, 0.5",
        "labels.embedding, fp16",
        "web.pictures, true",
        "web.actions, true",
        "health.stallMillis, 2000",
        "scaling.targetDrainMillis, 19000",
        "scaling.targetUtilisation, 0.75",
        "scaling.minInstances, 20",
        "scaling.holdMillis, 21000",
        "shutdownTimeoutMillis, 102",
        "kafka.poll.ms, 18"
    })
    void everyKeyIsRead(String key, String value) {
        Configuration changed = with(key, value);
        assertThat(changed).isNotEqualTo(loader.load());
        assertThat(changed.toString()).contains(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    precision.mode|int8|precision.mode is 'int8'; allowed are model and auto
                    precision.minAgreement|0|precision.minAgreement is 0.0; it must be greater than 0 and at most 1
                    precision.minAgreement|1.01|precision.minAgreement is 1.01; it must be greater than 0 and at most 1
                    precision.minAgreement|NaN|precision.minAgreement is NaN; it must be greater than 0 and at most 1
                    precision.minAgreement|most|precision.minAgreement is 'most'; a number is needed
                    precision.samples|299|precision.samples is 299; allowed are 300 to 10000
                    """)
    void thePrecisionIsChecked(String key, String value, String message) {
        assertMistake(() -> with(key, value), message);
    }

    @Test
    void theLoginOfTheSchemaRegistryIsRead() {
        loader.set("schemaRegistry.user", "ada", "--set").set("schemaRegistry.password", "secret", "--set");
        assertThat(loader.load().toString()).contains("ada", "secret");
        assertMistake(() -> with("schemaRegistry.user", "ada"), "schemaRegistry.password is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    labels.format|avro|labels.format is 'avro', which needs schemaRegistry.url
                    schemaRegistry.url|broker:8081|schemaRegistry.url is 'broker:8081'; http://HOST:PORT or
                    schemaRegistry.imageField|photo..image|schemaRegistry.imageField is 'photo..image'; the name of a field
                    schemaRegistry.idField|image|schemaRegistry.idField is 'image' and imageField is 'image'; neither can
                    schemaRegistry.idField|image.id|schemaRegistry.idField is 'image.id' and imageField is 'image'; neither
                    schemaRegistry.timeoutMillis|5|schemaRegistry.timeoutMillis is 5; allowed are 100 to 3600000
                    """)
    void theSchemaRegistryIsChecked(String key, String value, String message) {
        assertMistake(() -> with(key, value), message);
    }

    @Test
    void everyKeyThatHasADefaultIsAmongThoseTested() {
        assertThat(leafCount(ConfigurationLoader.defaults())).isEqualTo(79);
    }

    @Test
    void theTimeoutIsDerivedFromTheCalibrationUnlessItIsSet() {
        BatchCalibration fast = new BatchCalibration(Map.of(1, 500.0, 32, 2_000.0));
        BatchCalibration slow = new BatchCalibration(Map.of(1, 2.0, 8, 4.0));
        assertThat(loader.load().batch().timeoutMillis(fast)).isEqualTo(30_000);
        assertThat(loader.load().batch().timeoutMillis(slow)).isEqualTo(20 * 4_000);
        assertThat(with("batch.timeoutMillis", "1200").batch().timeoutMillis(slow))
                .isEqualTo(1_200);
    }

    private static int leafCount(JsonNode node) {
        int count = 0;
        for (JsonNode child : node) {
            count += child.isObject() ? leafCount(child) : 1;
        }
        return count;
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 20, 1", "0, 25_000, 1", "0, 48_000, 2", "0, 1e9, 256", "3, 48_000, 3", "1, 48_000, 1"})
    void fastDevicesGetMoreStreamThreads(String setting, String imagesPerSecond, int threads) {
        assertThat(loader.set("streamThreads", setting, "--set")
                        .load()
                        .pipelineSettings(Double.parseDouble(imagesPerSecond.replace("_", "")))
                        .streamThreads())
                .isEqualTo(threads);
    }

    @Test
    void keysReachThePipeline() {
        PipelineSettings settings = loader.set("applicationId", "app", "--set")
                .set("bootstrapServers", "a:1,b:2", "--set")
                .set("guarantee", "at_least_once", "--set")
                .set("streamThreads", "3", "--set")
                .set("topics.labels", "l", "--set")
                .set("topics.maxMessageBytes", "5000", "--set")
                .set("window.maxEvents", "6", "--set")
                .set("window.maxBytes", "7", "--set")
                .set("shutdownTimeoutMillis", "800", "--set")
                .set("kafka.security.protocol", "SSL", "--set")
                .load()
                .pipelineSettings();
        assertThat(settings.applicationId()).isEqualTo("app");
        assertThat(settings.bootstrapServers()).isEqualTo("a:1,b:2");
        assertThat(settings.guarantee()).isEqualTo(Guarantee.AT_LEAST_ONCE);
        assertThat(settings.streamThreads()).isEqualTo(3);
        assertThat(settings.topics().labels()).isEqualTo("l");
        assertThat(settings.maxMessageBytes()).isEqualTo(5_000);
        assertThat(settings.inFlight().maxEvents()).isEqualTo(6);
        assertThat(settings.inFlight().maxBytes()).isEqualTo(7);
        assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofMillis(800));
        assertThat(settings.kafka()).containsExactly(Map.entry("security.protocol", "SSL"));
    }

    @Test
    void theFileWinsOverTheDefault() throws IOException {
        Configuration configuration =
                loader.file(file("batch:\n  maxSize: 5\n")).load();
        assertThat(configuration.batch().policy().maxSize()).isEqualTo(5);
        assertThat(configuration.batch().policy().maxDelayMillis()).isZero();
    }

    @Test
    void theEnvironmentWinsOverTheFile() throws IOException {
        loader.file(file("batch:\n  maxSize: 5\n")).environment(Map.of("RESNET_STREAMS_BATCH_MAXSIZE", "6"));
        assertThat(loader.load().batch().policy().maxSize()).isEqualTo(6);
    }

    @Test
    void setWinsOverTheEnvironment() {
        loader.environment(Map.of("RESNET_STREAMS_BATCH_MAXSIZE", "6")).set("batch.maxSize", "7", "--set");
        assertThat(loader.load().batch().policy().maxSize()).isEqualTo(7);
    }

    @Test
    void otherVariablesAreLeftAlone() {
        assertThat(loader.environment(Map.of("PATH", "/bin", "RESNET", "x")).load())
                .isEqualTo(new ConfigurationLoader().load());
    }

    @Test
    void anEmptyFileChangesNothing() throws IOException {
        assertThat(loader.file(file("# nothing\n")).load()).isEqualTo(new ConfigurationLoader().load());
    }

    @Test
    void propertiesOfKafkaPassThroughAllSources() throws IOException {
        loader.file(file("kafka:\n  security.protocol: SSL\n  poll.ms: 3\n"))
                .environment(Map.of("RESNET_STREAMS_KAFKA_MAIN_CONSUMER_MAX_POLL_RECORDS", "4"))
                .set("kafka.poll.ms", "5", "--set");
        assertThat(loader.load().kafka())
                .containsOnly(
                        Map.entry("security.protocol", "SSL"),
                        Map.entry("main.consumer.max.poll.records", "4"),
                        Map.entry("poll.ms", "5"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "applicationId | a b | applicationId is 'a b'; allowed are",
                "bootstrapServers | kafka | bootstrapServers is 'kafka'; HOST:PORT is needed",
                "brokerTimeoutMillis | 99 | brokerTimeoutMillis is 99; allowed are 100 to 3600000",
                "guarantee | twice | guarantee is 'twice'; allowed are exactly_once_v2, at_least_once",
                "streamThreads | -1 | streamThreads is -1; allowed are 0 to 256",
                "topics.input | a/b | topics.input is 'a/b'",
                "topics.labels | image-events | topics.input, labels and deadLetters must differ",
                "topics.deadLetters | ä | topics.deadLetters is 'ä'",
                "topics.partitions | 0 | topics.partitions is 0; allowed are 1 to 100000",
                "topics.replicationFactor | 0 | topics.replicationFactor is 0; allowed are 1 to 32767",
                "topics.maxMessageBytes | 5 | topics.maxMessageBytes is 5; allowed are 1024 to 1073741824",
                "device | tpu | device is 'tpu'; allowed are auto, cpu, gpu and gpu:N",
                "engine | tvm | engine is 'tvm'; allowed are auto, mxnet, onnxruntime",
                "batch.maxSize | 0 | batch.maxSize is 0; allowed are 1 to 1024",
                "batch.calibrate | perhaps | batch.calibrate is 'perhaps'; true or false is needed",
                "batch.maxDelayMillis | -1 | batch.maxDelayMillis is -1; allowed are 0 to 10000",
                "batch.workersPerDevice | 257 | batch.workersPerDevice is 257; allowed are 0 to 256",
                "decode.threads | -1 | decode.threads is -1; allowed are 0 to 256",
                "window.maxEvents | 0 | window.maxEvents is 0; it must be at least 1",
                "window.maxBytes | 0 | window.maxBytes is 0; it must be at least 1",
                "limits.maxImageBytes | 0 | limits.maxImageBytes is 0; allowed are 1 to",
                "limits.maxPixels | 0 | limits.maxPixels is 0; allowed are 1 to",
                "limits.maxEdge | 0 | limits.maxEdge is 0; allowed are 1 to",
                "limits.maxAspectRatio | 0 | limits.maxAspectRatio is 0; it must be at least 1",
                "limits.maxDecodeMillis | 0 | limits.maxDecodeMillis is 0; it must be at least 1",
                "limits.maxJsonStringLength | 15 | limits.maxJsonStringLength is 15; it must be at least 16",
                "limits.maxJsonNumberLength | 0 | limits.maxJsonNumberLength is 0; it must be at least 1",
                "limits.maxJsonDepth | 1 | limits.maxJsonDepth is 1; at least 2",
                "limits.maxIdLength | 0 | limits.maxIdLength is 0; it must be at least 1",
                "limits.maxHeaders | 0 | limits.maxHeaders is 0; it must be at least 1",
                "references.s3.buckets | photos/a | references.s3.buckets: 'photos/a' is no name of a bucket; allowed are",
                "references.s3.buckets | a,,b | references.s3.buckets: '' is no name of a bucket",
                "references.s3.endpoint | storage:9000 | references.s3.endpoint is 'storage:9000'; http://HOST:PORT or",
                "references.s3.endpoint | https://k:s@h/ | references.s3.endpoint is 'https://…@h/'; http://HOST:PORT or",
                "references.s3.region | EU | references.s3.region is 'EU'; allowed are a-z, 0-9 and '-'",
                "references.s3.pathStyle | yes | references.s3.pathStyle is 'yes'; true or false is needed",
                "references.http.hosts | https://a.com | references.http.hosts: 'https://a.com' is no host; NAME or",
                "references.http.hosts | 0x7f.1 | references.http.hosts: '0x7f.1' is no host",
                "references.http.hosts | a.com:0 | references.http.hosts: 'a.com:0' has the port 0; allowed are 1 to",
                "references.http.privateHosts | *.a.com | references.http.privateHosts: '*.a.com' has a '*'; each host",
                "references.file.roots | data | references.file.roots: 'data' is no absolute path of a folder",
                "references.concurrency | 0 | references.concurrency is 0; allowed are 1 to 1024",
                "references.maxBytes | 5 | references.maxBytes is 5; allowed are 1048576 to 1099511627776",
                "references.connectTimeoutMillis | 0 | references.connectTimeoutMillis is 0; allowed are 1 to 3600000",
                "references.readTimeoutMillis | 0 | references.readTimeoutMillis is 0; allowed are 1 to 3600000",
                "references.timeoutMillis | 0 | references.timeoutMillis is 0; allowed are 1 to 3600000",
                "references.maxRedirects | 21 | references.maxRedirects is 21; allowed are 0 to 20",
                "references.retryMillis | -1 | references.retryMillis is -1; allowed are 0 to 86400000",
                "references.onOutage | skip | references.onOutage is 'skip'; allowed are deadLetter, wait",
                "input.onGap | skip | input.onGap is 'skip'; allowed are warn, stop",
                "onnxruntime.providers | rocm | onnxruntime.providers is 'rocm'; allowed are 'cuda' and 'tensorrt,cuda'",
                "onnxruntime.providers | cuda,tensorrt | onnxruntime.providers is 'cuda,tensorrt'; allowed are",
                "onnxruntime.providers | '' | onnxruntime.providers is ''; allowed are 'cuda' and 'tensorrt,cuda'",
                "onnxruntime.maxGpuMemoryBytes | 1MiB | onnxruntime.maxGpuMemoryBytes is 1048576; allowed are 0 and"
                        + " 67108864 to 1099511627776",
                "batch.timeoutMillis | 99 | batch.timeoutMillis is 99; allowed are 0 and 100 to 3600000",
                "statusSeconds | -1 | statusSeconds is -1; allowed are 0 to 86400",
                "labels.format | xml | labels.format is 'xml'; allowed are json, cloudevents and avro",
                "labels.connectSchema | maybe | labels.connectSchema is 'maybe'",
                "labels.topK | -1 | labels.topK is -1",
                "labels.threshold | 2 | labels.threshold is 2.0; allowed are 0 to 1",
                "labels.embedding | int8 | labels.embedding is 'int8'; allowed are false, true, fp32 and fp16",
                "web.pictures | on | web.pictures is 'on'; allowed are auto, true and false",
                "web.actions | yes | web.actions is 'yes'; true or false is needed",
                "metrics.enabled | off | metrics.enabled is 'off'; true or false is needed",
                "metrics.host | '' | metrics.host is ''; an address of this machine is needed",
                "metrics.port | 65536 | metrics.port is 65536; allowed are 0 to 65535",
                "metrics.kafka | records-lag | metrics.kafka: 'records-lag' is no metric of Kafka; GROUP:NAME is needed",
                "metrics.kafka | stream-metrics:state, | metrics.kafka: '' is no metric of Kafka; GROUP:NAME is needed",
                "health.stallMillis | 999 | health.stallMillis is 999; allowed are 1000 to 3600000",
                "scaling.targetDrainMillis | 999 | scaling.targetDrainMillis is 999; allowed are 1000 to 86400000",
                "scaling.targetUtilisation | 0 | scaling.targetUtilisation is 0.0; allowed is a number above 0",
                "scaling.targetUtilisation | 1.01 | scaling.targetUtilisation is 1.01; allowed is a number above 0",
                "scaling.targetUtilisation | NaN | scaling.targetUtilisation is NaN; allowed is a number above 0",
                "scaling.targetUtilisation | most | scaling.targetUtilisation is 'most'; a number is needed",
                "scaling.minInstances | 0 | scaling.minInstances is 0; allowed are 1 to 100000",
                "scaling.holdMillis | -1 | scaling.holdMillis is -1; allowed are 0 to 86400000",
                "shutdownTimeoutMillis | 1 | shutdownTimeoutMillis is 1; allowed are 100 to 3600000"
            })
    void aBadValueIsNamedWithItsKeyAndWhatIsAllowed(String key, String value, String message) {
        assertMistake(() -> with(key, value), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "", "1.5", "99999999999999999999"})
    void aWholeNumberIsNeededWhereTheDefaultIsOne(String value) {
        assertMistake(
                () -> with("batch.maxSize", value),
                "--set: batch.maxSize is '" + value + "'; a whole number is needed");
    }

    @Test
    void aNumberTooLargeForItsKeyIsNamed() {
        assertMistake(
                () -> with("batch.maxSize", "99999999999"),
                "batch.maxSize is 99999999999; it must be at most 2147483647");
        assertMistake(
                () -> with("topics.maxMessageBytes", "10GiB"),
                "topics.maxMessageBytes is 10737418240; it must be at most 2147483647");
    }

    @ParameterizedTest
    @CsvSource({
        "64MiB, 67108864",
        "8KiB, 8192",
        "1GiB, 1073741824",
        "10MB, 10000000",
        "10kB, 10000",
        "2GB, 2000000000",
        "512B, 512",
        "1.5GiB, 1610612736",
        "0.5kB, 500",
        "+1KiB, 1024",
        "' 1KiB ', 1024",
        "8589934591GiB, 9223372035781033984",
        "67108864, 67108864",
        "+5, 5"
    })
    void aSizeMayHaveAUnit(String value, long bytes) {
        assertThat(with("window.maxBytes", value).window().maxBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "15s, 15000",
        "500ms, 500",
        "2m, 120000",
        "1h, 3600000",
        "0.5s, 500",
        "1.5m, 90000",
        "15000, 15000",
        "0.01h, 36000"
    })
    void aTimeInMillisecondsMayHaveAUnit(String value, long millis) {
        assertThat(with("brokerTimeoutMillis", value).brokerTimeoutMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({"15s, 15", "3000ms, 3", "2m, 120", "1h, 3600", "1d, 86400", "0, 0", "0s, 0", "0.5m, 30", "60, 60"})
    void aTimeInSecondsMayHaveAUnit(String value, int seconds) {
        assertThat(with("statusSeconds", value).statusSeconds()).isEqualTo(seconds);
    }

    @Test
    void unitsAreTakenFromAllSources() throws IOException {
        Path file = file("brokerTimeoutMillis: 3s\nwindow:\n  maxBytes: 1MiB\nlimits:\n  maxImageBytes: '7kB'\n");
        Configuration configuration = loader.file(file)
                .environment(Map.of("RESNET_STREAMS_HEALTH_STALLMILLIS", "2m"))
                .set("topics.maxMessageBytes", "8MiB", "option")
                .load();
        assertThat(configuration.brokerTimeoutMillis()).isEqualTo(3_000);
        assertThat(configuration.window().maxBytes()).isEqualTo(1 << 20);
        assertThat(configuration.limits().image().maxImageBytes()).isEqualTo(7_000);
        assertThat(configuration.health().stallMillis()).isEqualTo(120_000);
        assertThat(configuration.topicSettings().maxMessageBytes()).isEqualTo(8 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "64 apples",
                "64mib",
                "64Mib",
                "64 MiB",
                "64M",
                "MiB",
                "1,5GiB",
                "0.3B",
                "0.3KiB",
                "1.5",
                "1e3",
                "15s",
                "0x10",
                "--1B",
                "",
                "9999999999GiB",
                "99999999999999999999",
                "9223372036854775808B"
            })
    void anInvalidSizeIsNamedWithWhatIsNeeded(String value) throws IOException {
        String message = "window.maxBytes is '" + value + "'; a number of bytes is needed, such as 67108864 or 64MiB";
        assertMistake(() -> with("window.maxBytes", value), "--set: " + message);
        Path file = file("window:\n  maxBytes: '" + value + "'\n");
        assertMistake(() -> new ConfigurationLoader().file(file), file + ": " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "brokerTimeoutMillis, 1.5ms, 'a whole number of milliseconds is needed, such as 15000 or 15s'",
        "brokerTimeoutMillis, 15S, 'a whole number of milliseconds is needed, such as 15000 or 15s'",
        "brokerTimeoutMillis, 15sec, 'a whole number of milliseconds is needed, such as 15000 or 15s'",
        "brokerTimeoutMillis, 1kB, 'a whole number of milliseconds is needed, such as 15000 or 15s'",
        "brokerTimeoutMillis, 999999999999999999d, 'a whole number of milliseconds is needed, such as 15000 or 15s'",
        "statusSeconds, 500ms, 'a whole number of seconds is needed, such as 120 or 2m'",
        "statusSeconds, 0.5s, 'a whole number of seconds is needed, such as 120 or 2m'",
        "limits.maxPixels, 64MB, 'a whole number is needed, without a unit'",
        "decode.threads, 2s, 'a whole number is needed, without a unit'",
        "window.maxEvents, 2k, 'a whole number is needed, without a unit'"
    })
    void aValueOfAnotherUnitIsNamedWithWhatIsNeeded(String key, String value, String needed) {
        assertMistake(() -> with(key, value), "--set: " + key + " is '" + value + "'; " + needed);
    }

    @ParameterizedTest
    @CsvSource({
        "window.maxBytes, 0KiB, window.maxBytes is 0; it must be at least 1",
        "window.maxBytes, -1KiB, window.maxBytes is -1024; it must be at least 1",
        "brokerTimeoutMillis, 2h, brokerTimeoutMillis is 7200000; allowed are 100 to 3600000",
        "batch.maxDelayMillis, -1s, batch.maxDelayMillis is -1000; allowed are 0 to 10000",
        "statusSeconds, 2d, statusSeconds is 172800; allowed are 0 to 86400"
    })
    void aValueWithAUnitIsCheckedLikeAPlainNumber(String key, String value, String message) {
        assertMistake(() -> with(key, value), message);
    }

    @Test
    void aRenamedKeyIsRefusedWithItsNewName() throws IOException {
        ConfigurationLoader renaming =
                new ConfigurationLoader(Map.of("batch.size", "batch.maxSize", "decoding", "decode"));
        assertMistake(
                () -> renaming.set("batch.size", "8", "--set"),
                "--set: the key 'batch.size' was renamed to 'batch.maxSize'");
        assertMistake(
                () -> renaming.environment(Map.of("RESNET_STREAMS_BATCH_SIZE", "8")),
                "RESNET_STREAMS_BATCH_SIZE: the key 'batch.size' was renamed to 'batch.maxSize'");
        assertMistake(
                () -> renaming.set("decoding.threads", "8", "--set"),
                "--set: the key 'decoding.threads' was renamed to 'decode.threads'");
        Path file = file("decoding:\n  threads: 2\n");
        assertMistake(() -> renaming.file(file), file + ": the key 'decoding' was renamed to 'decode'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batchSize", "batches.maxSize", "kafka", ".", ""})
    void anUnknownKeyIsRefusedWithThoseAllowed(String key) {
        assertMistake(
                () -> with(key, "1"),
                "--set: unknown key '" + key + "'; allowed are applicationId",
                "batch.maxSize",
                ", and Kafka's own under kafka.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "batch.size", "batch.maxSize.more", "batch."})
    void anUnknownKeyOfASectionIsRefusedWithThoseOfTheSection(String key) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> with(key, "1"))
                .withMessage("--set: unknown key '" + key + "'; allowed are batch.maxSize, batch.calibrate, "
                        + "batch.maxDelayMillis, batch.timeoutMillis, batch.workersPerDevice");
    }

    @Test
    void aWholeNumberInAFileCanBeOverriddenByAFraction() throws IOException {
        loader.file(file("scaling:\n  targetUtilisation: 1\n"));
        assertThat(loader.load().scaling().targetUtilisation()).isEqualTo(1);
        loader.set("scaling.targetUtilisation", "0.5", "--set");
        assertThat(loader.load().scaling().targetUtilisation()).isEqualTo(0.5);
    }

    @Test
    void aTextInAFileWhereANumberIsNeededIsNamed() throws IOException {
        Path file = file("scaling:\n  targetUtilisation: most\n");
        assertMistake(() -> loader.file(file).load(), "scaling.targetUtilisation", "most");
    }

    @Test
    void anUnknownKeyOfAFileIsNamedWithTheFile() throws IOException {
        Path file = file("batch:\n  size: 5\n");
        assertMistake(() -> loader.file(file), file + ": unknown key 'batch.size'");
    }

    @Test
    void anUnknownSectionOfAFileIsNamed() throws IOException {
        Path file = file("batches:\n  maxSize: 5\n");
        assertMistake(() -> loader.file(file), file + ": unknown key 'batches'");
    }

    @Test
    void anUnknownVariableIsNamed() {
        assertMistake(
                () -> loader.environment(Map.of("RESNET_STREAMS_BATCH_SIZE", "5")),
                "environment variable RESNET_STREAMS_BATCH_SIZE names no key");
    }

    @Test
    void aSectionIsNoValue() throws IOException {
        Path file = file("batch: 5\n");
        assertMistake(() -> loader.file(file), file + ": batch is '5'; a section with keys is needed");
    }

    @Test
    void aValueIsNoSection() throws IOException {
        Path file = file("model:\n  name: x\n");
        assertMistake(() -> loader.file(file), file + ": model is a section; a single value is needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "1.5", "true", "[1]"})
    void aValueOfAnotherKindInAFileIsNamed(String value) throws IOException {
        Path file = file("batch:\n  maxSize: " + value + "\n");
        assertMistake(() -> loader.file(file).load(), "batch.maxSize");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "device", "bootstrapServers", "guarantee", "applicationId"})
    void aKeyWithoutValueInAFileIsNamed(String key) throws IOException {
        Path file = file(key + ":\n");
        assertMistake(() -> loader.file(file).load(), key);
    }

    @Test
    void theProvidersMayBeAList() throws IOException {
        Path list = file("onnxruntime: {providers: [tensorrt, cuda]}\n");
        assertThat(loader.file(list).load().onnxProviders())
                .isEqualTo(with("onnxruntime.providers", "tensorrt,cuda").onnxProviders());
        Path wrong = file("onnxruntime: {providers: [cuda, rocm]}\n");
        assertMistake(() -> new ConfigurationLoader().file(wrong).load(), "onnxruntime.providers is 'cuda,rocm'");
    }

    @Test
    void whatMayBeFetchedMayBeLists() throws IOException {
        Path lists = file(
                """
                references:
                  s3: {buckets: [photos, 'shop-*']}
                  http: {hosts: ['*.example.com'], privateHosts: [inside, 10.0.0.1]}
                  file: {roots: [/data, /more]}
                """);
        Configuration configuration = loader.file(lists).load();
        assertThat(configuration.references().s3().buckets()).isEqualTo("photos,shop-*");
        assertThat(configuration.references().http().hosts()).isEqualTo("*.example.com");
        assertThat(configuration.references().http().privateHosts()).isEqualTo("inside,10.0.0.1");
        assertThat(configuration.references().file().roots()).isEqualTo("/data,/more");
        assertThat(configuration.references().schemes()).containsExactly("file", "http", "https", "s3");
        assertThat(new ConfigurationLoader().load().references().schemes()).isEmpty();
    }

    @Test
    void aSectionWithoutKeysInAFileIsNamed() throws IOException {
        Path file = file("batch:\n");
        assertMistake(() -> loader.file(file).load(), "batch");
    }

    @Test
    void aKafkaKeyThatIsNoSectionIsNamed() throws IOException {
        Path file = file("kafka: SSL\n");
        assertMistake(() -> loader.file(file), "kafka is no section; a section with keys is needed");
    }

    @Test
    void kafkaWithoutPropertiesInAFileChangesNothing() throws IOException {
        assertThat(loader.file(file("kafka:\n")).load().kafka()).isEmpty();
    }

    @Test
    void aPropertyOfKafkaIsNoSection() throws IOException {
        Path file = file("kafka:\n  main:\n    poll: 5\n");
        assertMistake(() -> loader.file(file), file + ": kafka.main is a section; a single value is needed");
    }

    @Test
    void aPropertyOfKafkaWithoutValueIsNamed() throws IOException {
        Path file = file("kafka:\n  poll.ms:\n");
        assertMistake(() -> loader.file(file), file + ": kafka.poll.ms has no value");
    }

    @Test
    void aFileThatIsNoYamlIsNamed() throws IOException {
        Path file = file("batch: [");
        assertMistake(() -> loader.file(file), "--config " + file + ": not readable as YAML");
    }

    @Test
    void theLineOfInvalidYamlIsNamedAndNothingIsQuoted() throws IOException {
        Path file = file("kafka:\n  ssl.key.password: geheim: x\n");
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> loader.file(file))
                .withMessageContaining("not readable as YAML at line 2, column ")
                .withMessageNotContaining("geheim")
                .withNoCause();
    }

    @Test
    void aDuplicateKeyIsNamed() throws IOException {
        Path file = file("kafka:\n  security.protocol: SSL\nbatch: {}\nkafka:\n  poll.ms: 3\n");
        assertMistake(() -> loader.file(file), "not readable as YAML at line 4", "'kafka'");
    }

    @Test
    void anAliasIsRefusedRatherThanReadAsItsName() throws IOException {
        Path file = file("kafka:\n  client.id: &password geheim\n  ssl.key.password: *password\n");
        assertMistake(() -> loader.file(file), "at line 3", "aliases are not allowed");
    }

    /** Ten levels of ten aliases each would expand to ten thousand million values. */
    @Test
    void aliasesOfAliasesAreNotFollowed() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int level = 1; level <= 10; level++) {
            String alias = "*a" + (level - 1);
            String ten = String.join(", ", Collections.nCopies(10, alias));
            bomb.append("a%1$d: &a%1$d [%2$s]\n".formatted(level, ten));
        }
        Path file = file(bomb.toString());
        assertMistake(() -> loader.file(file), "at line 2", "aliases are not allowed");
    }

    @Test
    void aTagCreatesNoObject() throws IOException {
        Path file = file("model: !!javax.script.ScriptEngineManager [!!java.net.URL ['http://127.0.0.1:1/']]\n");
        assertMistake(() -> loader.file(file).load(), "model");
    }

    @Test
    void aFileThatIsNestedTooDeeplyIsNamed() throws IOException {
        Path file = file("model: " + "[".repeat(100_000));
        assertMistake(() -> loader.file(file), "--config " + file + ": not readable as YAML");
    }

    @Test
    void aMisspeltPropertyOfAConnectionIsNamed() {
        assertMistake(
                () -> with("kafka.ssl.truststore.lokation", "x"),
                "kafka.ssl.truststore.lokation: Kafka's clients have no property");
    }

    @Test
    void secretsAreOnlyReadForConnectionsToKafka() {
        Configuration configuration = with("kafka.ssl.key.password", "${env:NO_SUCH_VARIABLE}");
        assertThat(configuration.kafka()).containsEntry("ssl.key.password", "${env:NO_SUCH_VARIABLE}");
        assertMistake(configuration::pipelineSettings, "kafka.ssl.key.password refers to ${env:NO_SUCH_VARIABLE}");
        assertMistake(() -> new KafkaClients(configuration.connection()), "there is no variable NO_SUCH_VARIABLE");
    }

    @Test
    void theBrokerOfTheDemoIgnoresConnectionSettings() {
        Configuration configuration = loader.set("kafka.security.protocol", "SSL", "--set")
                .set("kafka.poll.ms", "3", "--set")
                .load()
                .forEmbeddedBroker("127.0.0.1:1");
        assertThat(configuration.bootstrapServers()).isEqualTo("127.0.0.1:1");
        assertThat(configuration.kafka()).containsOnly(Map.entry("poll.ms", "3"));
    }

    @Test
    void aFileWithoutKeysIsNamed() throws IOException {
        Path file = file("- a\n- b\n");
        assertMistake(() -> loader.file(file), "--config " + file + ": keys and values are needed");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("none.yaml");
        assertMistake(() -> loader.file(file), "--config " + file + ": there is no such file");
    }

    @Test
    void threadsOfZeroAreOneForEachCore() {
        assertThat(loader.load().decodeThreads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(with("decode.threads", "3").decodeThreads()).isEqualTo(3);
    }
}
