package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import io.resnetstreams.audit.OutcomeFollower;
import io.resnetstreams.cli.model.ModelImportCommand;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.model.train.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every test image of Fashion-MNIST gets the same label through Kafka as in the offline evaluation. */
class OfflineAgreementIT {
    private static final Path DATA = Path.of("/usr/share/datasets/fashion-mnist");
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final double REQUIRED_ACCURACY = 0.94;

    private static final Path SHARED = Path.of("..", "shared");
    private static final List<String> CIFAR =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    @TempDir
    private Path folder;

    @Test
    void eachSampleGetsItsOfflineLabel() throws Exception {
        Path directory = Path.of("models", "resnet20-fashion-mnist");
        ModelDirectory model = ModelDirectory.load(directory);
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
        Evaluation.Result offline = evaluate(model, EvaluationSet.read(TestCluster.SAMPLES, model, preprocessor));
        assertThat(offline.accuracy()).isGreaterThanOrEqualTo(REQUIRED_ACCURACY);
        List<Path> files = LabelledSample.of(model).files();
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            expected.put(files.get(i).toString(), offline.predicted()[i]);
        }
        assertAgreement(directory, files, expected);
    }

    @Test
    @Tag("full") // 10,000 images; the test above sends a tenth of them.
    void eachEventGetsItsOfflineLabel() throws Exception {
        if (!Files.exists(DATA.resolve(IMAGES))) {
            String reason = "skipped: Debian's package dataset-fashion-mnist is not installed";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        ModelDirectory model = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist"));
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
        Evaluation.Result offline = evaluate(model, EvaluationSet.read(DATA, model, preprocessor));
        assertThat(offline.accuracy()).isGreaterThanOrEqualTo(REQUIRED_ACCURACY);
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < offline.predicted().length; i++) {
            expected.put(IMAGES + "#" + i, offline.predicted()[i]);
        }
        assertAgreement(Path.of("models", "resnet20-fashion-mnist"), List.of(DATA.resolve(IMAGES)), expected);
    }

    /**
     * Networks that were trained with PyTorch: most images get PyTorch's label, and all get the same label through
     * Kafka as offline.
     */
    @Test
    void anImportedNetworkGivesItsOfflineLabels() throws Exception {
        assertAgreementOfImported("resnet20", 804);
    }

    @Test
    @Tag("full") // The test above uses the smaller of two networks.
    void aLargerImportedNetworkGivesItsOfflineLabels() throws Exception {
        assertAgreementOfImported("resnet56", 825);
    }

    private void assertAgreementOfImported(String name, int right) throws Exception {
        Path weights = SHARED.resolve("weights").resolve(name + "-cifar10.safetensors");
        if (!Files.exists(weights)) {
            String reason = "skipped: the weights " + weights + " are missing";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        Path synset = Files.write(folder.resolve("synset.txt"), CIFAR);
        Path directory = folder.resolve(name);
        int exit = new CommandLine(new ModelImportCommand())
                .execute(weights.toString(), "--synset", synset.toString(), "--out", directory.toString());
        assertThat(exit).isZero();
        Path images = SHARED.resolve("cifar10").resolve("test");
        Path list = SHARED.resolve("cifar10").resolve("expected.tsv");
        ModelDirectory model = ModelDirectory.load(directory);
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
        Evaluation.Result pytorch =
                evaluate(model, EvaluationSet.read(images, list, name + "_top1", model, preprocessor));
        assertThat(pytorch.accuracy()).isGreaterThanOrEqualTo(0.998);
        Evaluation.Result truth = evaluate(model, EvaluationSet.read(images, list, null, model, preprocessor));
        assertThat(truth.accuracy() * 1_000).isCloseTo(right, within(2.0));
        List<Path> files = LabelledSample.read(images, list, null).files();
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < files.size(); i++) {
            expected.put(files.get(i).toString(), truth.predicted()[i]);
        }
        assertAgreement(directory, files, expected);
    }

    private static void assertAgreement(Path model, List<Path> sources, Map<String, Integer> expected)
            throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(expected);
            InstanceProcess instance = cluster.run("model=" + model).awaitRunning();
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                EventSender sender = new EventSender(
                        producer,
                        cluster.configuration().topics().input(),
                        0,
                        metadata -> follower.expect(metadata.partition(), metadata.offset()));
                for (EventSource.SourceEvent event : EventSource.of(sources)) {
                    sender.send(event);
                }
                assertThat(sender.finish().sent()).isEqualTo(expected.size());
            }
            await().atMost(Duration.ofSeconds(180))
                    .until(() -> follower.snapshot().outcomes() >= expected.size());
            assertThat(instance.terminate()).isZero();
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.judged()).isEqualTo(expected.size());
            assertThat(outcomes.right()).isEqualTo(expected.size());
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
        }
    }

    static Evaluation.Result evaluate(ModelDirectory model, EvaluationSet set) throws Exception {
        try (DeviceModel loaded = DeviceModel.load(model, Device.cpu(), 1, 32)) {
            Evaluation.Result result = Evaluation.run(set, loaded.classifiers(), 32, 1);
            loaded.classifiers().forEach(Classifier::close);
            return result;
        }
    }
}
