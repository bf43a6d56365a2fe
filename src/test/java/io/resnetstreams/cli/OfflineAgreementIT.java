package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.inference.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.Evaluation;
import io.resnetstreams.model.EvaluationSet;
import io.resnetstreams.model.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every test image of Fashion-MNIST gets the label through Kafka that the evaluation gives it offline. */
class OfflineAgreementIT {
    private static final Path DATA = Path.of("/usr/share/datasets/fashion-mnist");
    private static final String IMAGES = "t10k-images-idx3-ubyte.gz";
    private static final double REQUIRED_ACCURACY = 0.94;

    @Test
    void eachEventGetsItsOfflineLabel() throws Exception {
        if (!Files.exists(DATA.resolve(IMAGES))) {
            String reason = "skipped: Debian's package dataset-fashion-mnist is not installed";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        Evaluation.Result offline = evaluate();
        assertThat(offline.accuracy()).isGreaterThanOrEqualTo(REQUIRED_ACCURACY);
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < offline.predicted().length; i++) {
            expected.put(IMAGES + "#" + i, offline.predicted()[i]);
        }
        try (TestCluster cluster = TestCluster.start()) {
            OutcomeFollower follower = cluster.follow(expected);
            InstanceProcess instance = cluster.run().awaitRunning();
            try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
                EventSender sender = new EventSender(
                        producer,
                        cluster.configuration().topics().input(),
                        0,
                        metadata -> follower.expect(metadata.partition(), metadata.offset()));
                for (EventSource.SourceEvent event : EventSource.of(List.of(DATA.resolve(IMAGES)))) {
                    sender.send(event);
                }
                assertThat(sender.finish().sent()).isEqualTo(10_000);
            }
            await().atMost(Duration.ofSeconds(180))
                    .until(() -> follower.snapshot().outcomes() >= 10_000);
            assertThat(instance.terminate()).isZero();
            follower.finish();
            OutcomeFollower.Snapshot outcomes = follower.snapshot();
            assertThat(outcomes.judged()).isEqualTo(10_000);
            assertThat(outcomes.right()).isEqualTo(10_000);
            assertThat(outcomes.lost()).isZero();
            assertThat(outcomes.duplicates()).isZero();
            assertThat(outcomes.outOfOrder()).isZero();
        }
    }

    private static Evaluation.Result evaluate() throws Exception {
        ModelDirectory model = ModelDirectory.load(Path.of("models", "resnet20-fashion-mnist"));
        ImagePreprocessor preprocessor = new ImagePreprocessor(ImageLimits.defaults(), model.preprocessing());
        try (DeviceModel loaded = DeviceModel.load(model, Device.cpu(), 1, 32)) {
            Evaluation.Result result =
                    Evaluation.run(EvaluationSet.read(DATA, model, preprocessor), loaded.classifiers(), 32, 1);
            loaded.classifiers().forEach(Classifier::close);
            return result;
        }
    }
}
