package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.resnetstreams.cli.model.ModelImportCommand;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.demo.EventSender;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.LabelledSample;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.train.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every test image of Fashion-MNIST gets the same label through Kafka as in the offline evaluation, with each engine. */
class OfflineAgreementIT {
    private static final Path DATA = Path.of("/usr/share/datasets/fashion-mnist");
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final Path BUNDLED = Path.of("models", "resnet20-fashion-mnist");
    private static final double REQUIRED_ACCURACY = 0.94;

    private static final Path SHARED = Path.of("..", "shared");
    private static final List<String> CIFAR =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    @TempDir
    private Path folder;

    @Test
    void eachSampleGetsItsOfflineLabelWithBothEngines() throws Exception {
        ModelDirectory model = ModelDirectory.load(BUNDLED);
        List<Path> files = LabelledSample.of(model).files();
        assertAgreement(
                model,
                EvaluationSet.read(TestCluster.SAMPLES, model, preprocessor(model)),
                REQUIRED_ACCURACY,
                files,
                index -> files.get(index).toString(),
                0);
    }

    @Test
    @Tag("full") // 10,000 images; the test above sends a tenth of them.
    void eachEventGetsItsOfflineLabelWithBothEngines() throws Exception {
        if (!Files.exists(DATA.resolve(IMAGES))) {
            skip("Debian's package dataset-fashion-mnist is not installed");
        }
        ModelDirectory model = ModelDirectory.load(BUNDLED);
        assertAgreement(
                model,
                EvaluationSet.read(DATA, model, preprocessor(model)),
                REQUIRED_ACCURACY,
                List.of(DATA.resolve(IMAGES)),
                index -> IMAGES + "#" + index,
                2);
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
            skip("the weights " + weights + " are missing");
        }
        Path synset = Files.write(folder.resolve("synset.txt"), CIFAR);
        Path directory = folder.resolve(name);
        int exit = new CommandLine(new ModelImportCommand())
                .execute(weights.toString(), "--synset", synset.toString(), "--out", directory.toString());
        assertThat(exit).isZero();
        Path images = SHARED.resolve("cifar10").resolve("test");
        Path list = SHARED.resolve("cifar10").resolve("expected.tsv");
        ModelDirectory model = ModelDirectory.load(directory);
        EvaluationSet pytorch = EvaluationSet.read(images, list, name + "_top1", model, preprocessor(model));
        EvaluationSet truth = EvaluationSet.read(images, list, null, model, preprocessor(model));
        for (EngineName engine : EngineName.values()) {
            assertThat(evaluate(engine, model, pytorch).accuracy())
                    .as(engine::title)
                    .isGreaterThanOrEqualTo(0.998);
            assertThat(evaluate(engine, model, truth).accuracy() * 1_000)
                    .as(engine::title)
                    .isCloseTo(right, within(2.0));
        }
        List<Path> files = LabelledSample.read(images, list, null).files();
        assertAgreement(
                model,
                truth,
                right / 1_000.0 - 0.002,
                files,
                index -> files.get(index).toString(),
                0);
    }

    private static void skip(String reason) {
        System.out.println("skipped: " + reason);
        Assumptions.abort(reason);
    }

    private static ImagePreprocessor preprocessor(ModelDirectory model) {
        return new ImagePreprocessor(DefaultLimits.image(), model.preprocessing());
    }

    /**
     * Sends images to two groups with one engine each, and compares their labels with those of the same engine offline, and
     * with one another.
     *
     * @param id returns an image's event id
     * @param mostDifferent how many images may get another label from the other engine
     */
    private static void assertAgreement(
            ModelDirectory model,
            EvaluationSet set,
            double accuracy,
            List<Path> sources,
            IntFunction<String> id,
            int mostDifferent)
            throws Exception {
        try (TestCluster cluster = TestCluster.start()) {
            List<EngineRun> runs = new ArrayList<>();
            for (EngineName engine : EngineName.values()) {
                Evaluation.Result offline = evaluate(engine, model, set);
                assertThat(offline.accuracy()).as(engine::title).isGreaterThanOrEqualTo(accuracy);
                Map<String, Integer> expected = new HashMap<>();
                for (int i = 0; i < set.size(); i++) {
                    expected.put(id.apply(i), offline.predicted()[i]);
                }
                runs.add(new EngineRun(cluster, engine, model, expected));
            }
            runs.forEach(EngineRun::awaitRunning);
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                String input = cluster.configuration().topics().input();
                EventSender sender =
                        new EventSender(producer, input, 0, metadata -> runs.forEach(run -> run.expect(metadata)));
                for (EventSource.SourceEvent event : EventSource.of(sources)) {
                    sender.send(event);
                }
                assertThat(sender.finish().sent()).isEqualTo(set.size());
            }
            for (EngineRun run : runs) {
                run.assertOfflineLabels();
            }
            assertSimilar(runs.get(0).labels(), runs.get(1).labels(), mostDifferent);
        }
    }

    private static void assertSimilar(
            Map<String, List<Label>> first, Map<String, List<Label>> second, int mostDifferent) {
        assertThat(second.keySet()).isEqualTo(first.keySet());
        int different = 0;
        double farthest = 0;
        for (Map.Entry<String, List<Label>> event : first.entrySet()) {
            List<Label> others = second.get(event.getKey());
            different += event.getValue().get(0).index() == others.get(0).index() ? 0 : 1;
            for (Label label : event.getValue()) {
                // The least of them may be others if two classes have nearly the same probability.
                farthest = others.stream()
                        .filter(other -> other.index() == label.index())
                        .mapToDouble(other -> Math.abs(other.probability() - label.probability()))
                        .reduce(farthest, Math::max);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d events, %d with another label from the other engine, probabilities differ by %.1e at most%n",
                first.size(),
                different,
                farthest);
        assertThat(different).isLessThanOrEqualTo(mostDifferent);
        assertThat(farthest).isLessThan(1e-4);
    }

    static Evaluation.Result evaluate(ModelDirectory model, EvaluationSet set) throws Exception {
        return evaluate(EngineName.MXNET, model, set);
    }

    private static Evaluation.Result evaluate(EngineName engine, ModelDirectory model, EvaluationSet set)
            throws Exception {
        try (DeviceModel loaded = DeviceModel.load(engine, model, ComputeDevice.CPU, 1, 32)) {
            Evaluation.Result result = Evaluation.run(set, loaded.classifiers(), 32, 1);
            loaded.classifiers().forEach(Classifier::close);
            return result;
        }
    }
}
