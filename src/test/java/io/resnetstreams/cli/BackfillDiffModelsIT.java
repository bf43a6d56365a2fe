package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicCreation;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two models label the test images of Fashion-MNIST through Kafka. Their diff matches that of their offline
 * evaluations.
 */
@Tag("full") // 10,000 images with two models; BackfillDiffIT covers diffs with generated labels.
class BackfillDiffModelsIT {
    private static final Path DATA = Path.of("/usr/share/datasets/fashion-mnist");
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final Path FP32 = Path.of("models", "resnet20-fashion-mnist");
    private static final Path INT8 = Path.of("models", "resnet20-fashion-mnist-int8");
    private static final Map<String, String> INT8_SETTINGS = Map.of(
            "applicationId", "int8",
            "model", INT8.toString(),
            "topics.labels", "labels-int8",
            "topics.deadLetters", "dead-letters-int8",
            "topics.partitions", "8");

    private static int[] offline(Path directory) throws Exception {
        ModelDirectory model = ModelDirectory.load(directory);
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
        return OfflineAgreementIT.evaluate(model, EvaluationSet.read(DATA, model, preprocessor))
                .predicted();
    }

    @Test
    void theDiffMatchesTheOfflineEvaluations() throws Exception {
        if (!Files.exists(DATA.resolve(IMAGES))) {
            String reason = "skipped: Debian's package dataset-fashion-mnist is not installed";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        int[] fp32 = offline(FP32);
        int[] int8 = offline(INT8);
        List<String> classes = ModelDirectory.load(FP32).labels();
        Map<List<String>, Long> expected = new HashMap<>();
        for (int i = 0; i < fp32.length; i++) {
            if (fp32[i] != int8[i]) {
                expected.merge(List.of(classes.get(fp32[i]), classes.get(int8[i])), 1L, Long::sum);
            }
        }
        assertThat(expected).isNotEmpty();
        try (TestCluster cluster = TestCluster.start()) {
            produce(cluster, fp32.length);
            label(cluster, Map.of("model", FP32.toString(), "engine", "mxnet"), fp32.length);
            label(cluster, INT8_SETTINGS, fp32.length);
            JsonNode json = new ComparedTopics(cluster)
                    .diff("live", "labels-int8", "--json")
                    .json();
            long changed = expected.values().stream().mapToLong(Long::longValue).sum();
            assertThat(json.get("compared").asLong()).isEqualTo(fp32.length);
            assertThat(json.get("changed").asLong()).isEqualTo(changed);
            assertThat(json.get("agreement").asDouble()).isEqualTo((double) (fp32.length - changed) / fp32.length);
            Map<List<String>, Long> changes = new HashMap<>();
            json.get("changes")
                    .forEach(change -> changes.put(
                            List.of(
                                    change.get("from").asText(),
                                    change.get("to").asText()),
                            change.get("count").asLong()));
            assertThat(changes).isEqualTo(expected);
        }
    }

    private static void produce(TestCluster cluster, int images) throws Exception {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            EventSender sender =
                    new EventSender(producer, cluster.configuration().topics().input(), 0, metadata -> {});
            for (EventSource.SourceEvent event : EventSource.of(List.of(DATA.resolve(IMAGES)))) {
                sender.send(event);
            }
            assertThat(sender.finish().sent()).isEqualTo(images);
        }
    }

    /** Labels the whole topic with an application of its own. */
    private static void label(TestCluster cluster, Map<String, String> settings, int images) throws Exception {
        ConfigurationLoader loader = new ConfigurationLoader().set("bootstrapServers", cluster.bootstrap(), "test");
        settings.forEach((key, value) -> loader.set(key, value, "test"));
        Configuration configuration = loader.load();
        TopicCreation.create(new KafkaClients(configuration.connection()));
        KafkaClients clients = new KafkaClients(configuration.connection());
        List<TopicPartition> outputs =
                new ArrayList<>(clients.partitions(configuration.topics().labels()));
        outputs.addAll(clients.partitions(configuration.topics().deadLetters()));
        OutcomeFollower follower =
                new OutcomeFollower(clients.committedReader(), outputs, configuration.topics(), Map.of());
        InstanceProcess instance = cluster.run(settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new))
                .awaitRunning();
        await().atMost(Duration.ofSeconds(300)).until(() -> follower.snapshot().labels() >= images);
        assertThat(instance.terminate()).isZero();
        follower.finish();
        assertThat(follower.snapshot().outcomes()).isEqualTo(images);
    }
}
