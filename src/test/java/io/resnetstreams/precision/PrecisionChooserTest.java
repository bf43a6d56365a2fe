package io.resnetstreams.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription.Conversion;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.TestModels;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The choice of a precision among conversions whose labels and speed are given. 100 of the 300 images are held out. */
class PrecisionChooserTest {
    private static final Candidate INT8_MXNET = new Candidate(Precision.INT8, EngineName.MXNET, null);
    private static final Candidate INT8_ONNX = new Candidate(Precision.INT8, EngineName.ONNXRUNTIME, null);
    private static final Candidate BF16 = new Candidate(Precision.BF16, EngineName.MXNET, null);

    @TempDir
    private Path folder;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private ModelDirectory source;
    private Circumstances circumstances;
    private int opened;

    private record Images(String origin, int count) implements SampleSource {
        @Override
        public List<byte[]> read(int most) {
            return IntStream.range(0, Math.min(most, count))
                    .mapToObj(i -> new byte[] {(byte) (i % 100), (byte) (i / 100), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                    .toList();
        }
    }

    private static final Images ENOUGH = new Images("the topic events", 300);

    @BeforeEach
    void writeModel() throws Exception {
        source = written("tiny");
        circumstances = new Circumstances(
                source.digest(), "auto", "engines 1", "auto", "a processor", 0.99, 500, "the topic events", false);
    }

    private ModelDirectory written(String name) throws IOException, InvalidModelException {
        Path directory = folder.resolve("models").resolve(name);
        TestModels.write(directory);
        return ModelDirectory.load(directory);
    }

    private FakeBench bench() throws IOException {
        return new FakeBench(source, 0.5f);
    }

    private PrecisionChooser chooser(Circumstances now, Path... places) {
        return new PrecisionChooser(
                source,
                now,
                places.length == 0
                        ? new DecisionStore(source, List.of(folder.resolve("models")))
                        : new DecisionStore(source, List.of(places)),
                log::add);
    }

    private PrecisionChoice choose(FakeBench bench) throws InterruptedException {
        return choose(circumstances, bench);
    }

    private PrecisionChoice choose(Circumstances now, FakeBench bench) throws InterruptedException {
        return chooser(now).choose(ENOUGH, () -> {
            opened++;
            return bench;
        });
    }

    private Path file() {
        return folder.resolve("models").resolve("tiny-precision.json");
    }

    @Test
    void aFasterOneThatAgreesIsAcceptedAndStoredBesideTheModel() throws Exception {
        FakeBench bench = bench().with(INT8_ONNX, 1, 2.9);
        PrecisionChoice choice = choose(bench);
        assertThat(log)
                .containsExactly(
                        "Looking for a faster precision: calibrating with 200 images of the topic events, comparing the labels of 100 others",
                        "Precision int8 (ONNX Runtime): 2.90 times as fast as fp32, 99.0 % of 100 held-out images have the same label");
        assertThat(bench.isClosed()).isTrue();
        assertThat(choice.agreement()).isEqualTo(0.99);
        assertThat(choice.gain()).isEqualTo(2.9);
        ModelDirectory stored = ModelDirectory.load(folder.resolve("models").resolve("tiny-int8-auto"));
        assertThat(choice.model().digest()).isEqualTo(stored.digest()).isNotEqualTo(source.digest());
        assertThat(stored.name()).isEqualTo("tiny-int8-auto");
        assertThat(stored.engines()).containsExactly(EngineName.MXNET); // the graph of int8 in MXNet's format
        assertThat(stored.description().provenance().source()).isEqualTo("int8 of tiny");
        assertThat(stored.description().provenance().conversion())
                .isEqualTo(new Conversion(source.digest(), 0.99, 100, 2.9, "the topic events"));
        assertOnlyCompleteFiles("tiny", "tiny-int8-auto", "tiny-precision.json");
    }

    private void assertOnlyCompleteFiles(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("models"))) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    @Test
    void aFasterOneThatDisagreesIsRefused() throws Exception {
        PrecisionChoice choice = choose(bench().with(INT8_ONNX, 2, 2.9));
        assertThat(log.get(1))
                .isEqualTo("Precision int8 (ONNX Runtime) refused: 2.90 times as fast as fp32, 98.0 % of 100 held-out"
                        + " images have the same label; at least 99 % must be the same");
        assertRefused(choice);
    }

    @Test
    void oneThatIsNotClearlyFasterIsRefused() throws Exception {
        PrecisionChoice choice = choose(bench().with(INT8_ONNX, 0, 1.09));
        assertThat(log.get(1))
                .isEqualTo("Precision int8 (ONNX Runtime) refused: 1.09 times as fast as fp32, 100.0 % of 100 held-out"
                        + " images have the same label; it must be at least 1.1 times as fast");
        assertRefused(choice);
    }

    @Test
    void oneThatCannotBeRunIsRefused() throws Exception {
        PrecisionChoice choice = choose(bench().failing(INT8_MXNET, new IllegalStateException("no such operator"))
                .with(new Candidate(Precision.BF16, EngineName.MXNET, "too large"), 0, 5));
        assertThat(log.subList(1, 3))
                .containsExactly(
                        "Precision int8 (MXNet) refused: no such operator",
                        "Precision bf16 (MXNet) refused: too large");
        assertRefused(choice);
    }

    @Test
    void oneThatDoesNotFitIntoTheHeapIsRefused() throws Exception {
        PrecisionChoice choice = choose(bench().with(INT8_ONNX, 0, 3).measuring(() -> {
            throw new OutOfMemoryError("thrown by the test");
        }));
        assertThat(log.get(1)).contains("refused: the JVM's heap of ", " MiB is too small to convert it");
        assertRefused(choice);
    }

    private void assertRefused(PrecisionChoice choice) throws IOException {
        assertThat(choice.model()).isSameAs(source);
        assertThat(choice.agreement()).isEqualTo(1);
        assertThat(choice.gain()).isEqualTo(1);
        assertOnlyCompleteFiles("tiny", "tiny-precision.json");
    }

    @Test
    void theFastestThatAgreesIsChosen() throws Exception {
        PrecisionChoice choice =
                choose(bench().with(INT8_MXNET, 0, 1.5).with(BF16, 0, 2.5).with(INT8_ONNX, 50, 4.0));
        assertThat(choice.decision().chosen().orElseThrow().title()).isEqualTo("bf16 (MXNet)");
        assertThat(choice.model().name()).isEqualTo("tiny-bf16-auto");
        assertThat(log.get(1)).startsWith("Precision bf16 (MXNet): 2.50 times");
        assertThat(log.get(2)).endsWith("bf16 (MXNet) is faster");
        assertThat(log.get(3)).endsWith("at least 99 % must be the same");
    }

    @Test
    void whatWasDecidedIsNotMeasuredAgain() throws Exception {
        String digest = choose(bench().with(INT8_ONNX, 0, 2)).model().digest();
        log.clear();
        assertThat(choose(bench()).model().digest()).isEqualTo(digest);
        assertThat(opened).isEqualTo(1);
        assertThat(log).singleElement().asString().endsWith("; measured before: " + file());
    }

    @Test
    void aRefusalIsNotMeasuredAgain() throws Exception {
        choose(bench().with(INT8_ONNX, 9, 2));
        assertThat(choose(bench()).model()).isSameAs(source);
        assertThat(opened).isEqualTo(1);
    }

    static Stream<UnaryOperator<Circumstances>> changes() {
        return Stream.of(
                c -> change(c, "another model", c.engine(), c.engines(), c.machine(), 0.99, 500, c.images()),
                c -> change(c, c.source(), "mxnet", c.engines(), c.machine(), 0.99, 500, c.images()),
                c -> change(c, c.source(), c.engine(), "engines 2", c.machine(), 0.99, 500, c.images()),
                c -> change(c, c.source(), c.engine(), c.engines(), "another processor", 0.99, 500, c.images()),
                c -> change(c, c.source(), c.engine(), c.engines(), c.machine(), 0.995, 500, c.images()),
                c -> change(c, c.source(), c.engine(), c.engines(), c.machine(), 0.99, 600, c.images()),
                c -> change(c, c.source(), c.engine(), c.engines(), c.machine(), 0.99, 500, "the topic others"));
    }

    private static Circumstances change(
            Circumstances before,
            String source,
            String engine,
            String engines,
            String machine,
            double minAgreement,
            int samples,
            String images) {
        return new Circumstances(
                source, engine, engines, before.device(), machine, minAgreement, samples, images, before.named());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void otherCircumstancesAreMeasuredAgain(UnaryOperator<Circumstances> change) throws Exception {
        choose(bench().with(INT8_ONNX, 0, 2));
        PrecisionChoice choice = choose(change.apply(circumstances), bench().with(INT8_ONNX, 0, 1));
        assertThat(opened).isEqualTo(2);
        assertThat(choice.model()).isSameAs(source);
    }

    @Test
    void machinesShareAFolder() throws Exception {
        choose(bench().with(INT8_ONNX, 0, 2));
        Circumstances elsewhere = changes().toList().get(3).apply(circumstances);
        choose(elsewhere, bench().with(INT8_ONNX, 0, 1));
        assertThat(choose(bench()).gain()).isEqualTo(2);
        assertThat(choose(elsewhere, bench()).gain()).isEqualTo(1);
        assertThat(opened).isEqualTo(2);
    }

    @Test
    void namedImagesCountWhereNoneAreNamed() throws Exception {
        Circumstances named = new Circumstances(
                source.digest(), "auto", "engines 1", "auto", "a processor", 0.99, 900, "/photographs", true);
        choose(named, bench().with(INT8_ONNX, 0, 2));
        assertThat(choose(bench()).gain()).isEqualTo(2);
        assertThat(opened).isEqualTo(1);
        Circumstances others = new Circumstances(
                source.digest(), "auto", "engines 1", "auto", "a processor", 0.99, 900, "/drawings", true);
        choose(others, bench().with(INT8_ONNX, 0, 1));
        assertThat(opened).isEqualTo(2);
    }

    @Test
    void tooFewDifferentImagesDecideNothing() throws Exception {
        SampleSource repeating = new SampleSource() {
            @Override
            public String origin() {
                return "the topic events";
            }

            @Override
            public List<byte[]> read(int most) {
                List<byte[]> images = new ArrayList<>(new Images("", 299).read(most));
                images.addAll(new Images("", 100).read(most));
                return images;
            }
        };
        PrecisionChoice choice = chooser(circumstances).choose(repeating, () -> {
            throw new AssertionError("nothing is to be measured");
        });
        assertThat(choice.model()).isSameAs(source);
        assertThat(log)
                .containsExactly("Precision fp32: to calibrate and to compare labels, 300 different images are needed;"
                        + " the topic events has 299 that can be decoded; the next start tries again");
        assertOnlyCompleteFiles("tiny");
    }

    @Test
    void theCacheIsUsedIfTheFolderCannotBeWritten() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Path cache = folder.resolve("cache").resolve("precision");
        PrecisionChooser chooser = chooser(circumstances, file.resolve("models"), cache);
        FakeBench bench = bench().with(INT8_ONNX, 0, 2);
        assertThat(chooser.choose(ENOUGH, () -> bench).model().directory()).isEqualTo(cache.resolve("tiny-int8-auto"));
        assertThat(chooser.stored()).isPresent();
        assertThat(log.get(log.size() - 1)).endsWith("measured before: " + cache.resolve("tiny-precision.json"));
    }

    @Test
    void fp32RemainsIfNothingCanBeStored() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        FakeBench bench = bench().with(INT8_ONNX, 0, 2);
        PrecisionChoice choice = chooser(circumstances, file.resolve("models")).choose(ENOUGH, () -> bench);
        assertThat(choice.model()).isSameAs(source);
        assertThat(log.get(1)).startsWith("Precision fp32: " + file.resolve("models") + " can't be written: ");
    }

    @Test
    void twoAtOnceUseOneDecision() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Runnable meet = () -> {
            try {
                both.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        List<CompletableFuture<PrecisionChoice>> choices = new ArrayList<>();
        for (float weight : new float[] {0.25f, 0.75f}) {
            FakeBench bench =
                    new FakeBench(source, weight).with(INT8_ONNX, 0, 2).measuring(meet);
            PrecisionChooser chooser = chooser(circumstances);
            choices.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return chooser.choose(ENOUGH, () -> bench);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (CompletableFuture<PrecisionChoice> choice : choices) {
            ModelDirectory used = choice.join().model();
            assertThat(ModelDirectory.load(used.directory()).digest()).isEqualTo(used.digest());
            assertThat(choice.join().gain()).isEqualTo(2);
        }
        assertThat(choose(bench()).model().digest())
                .isIn(choices.stream()
                        .map(choice -> choice.join().model().digest())
                        .toList());
        assertThat(opened).isZero();
    }

    @Test
    void aDecisionMadeInTheMeantimeCounts() throws Exception {
        FakeBench slower = new FakeBench(source, 0.75f).with(INT8_ONNX, 0, 3).measuring(() -> {
            try {
                choose(new FakeBench(source, 0.25f).with(INT8_ONNX, 0, 2));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        PrecisionChoice late = choose(slower);
        assertThat(late.gain()).isEqualTo(2);
        assertThat(choose(bench()).model().digest()).isEqualTo(late.model().digest());
        assertOnlyCompleteFiles("tiny", "tiny-int8-auto", "tiny-precision.json");
    }

    @Test
    void anotherModelOfTheNameIsNotReplaced() throws Exception {
        PrecisionChoice first = choose(bench().with(INT8_ONNX, 0, 2));
        PrecisionChoice second =
                chooser(circumstances).measure(ENOUGH, () -> new FakeBench(source, 0.75f).with(INT8_ONNX, 0, 3), null);
        String digest = second.model().digest();
        assertThat(second.model().directory()).hasFileName("tiny-int8-auto-" + digest.substring(0, 12));
        assertThat(ModelDirectory.load(first.model().directory()).digest())
                .isEqualTo(first.model().digest());
        assertThat(choose(bench()).model().digest()).isEqualTo(digest);
    }

    @Test
    void anOutputFolderIsNotRemembered() throws Exception {
        FakeBench bench = bench().with(INT8_ONNX, 0, 2);
        Path out = folder.resolve("out");
        PrecisionChoice choice = chooser(circumstances).measure(ENOUGH, () -> bench, out);
        assertThat(ModelDirectory.load(out).digest()).isEqualTo(choice.model().digest());
        assertThat(chooser(circumstances).stored()).isEmpty();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> chooser(circumstances).measure(new Images("/photographs", 20), () -> bench, null))
                .withMessageContaining("/photographs has 20");
    }

    @Test
    void damagedFilesAreMeasuredAgain() throws Exception {
        Path model = choose(bench().with(INT8_ONNX, 0, 2)).model().directory();
        Files.writeString(model.resolve("synset.txt"), "changed");
        assertThat(choose(bench().with(INT8_ONNX, 0, 3)).gain()).isEqualTo(3);
        Files.writeString(file(), "{\"formatVersion\": 1, \"decisions\": [{}, null]}");
        assertThat(choose(bench().with(INT8_ONNX, 0, 4)).gain()).isEqualTo(4);
        Files.writeString(file(), "no JSON");
        assertThat(choose(bench().with(INT8_ONNX, 0, 5)).gain()).isEqualTo(5);
        assertThat(opened).isEqualTo(4);
    }

    @Test
    void aThirdOfTheImagesIsHeldOut() {
        assertThat(Samples.split(new Images("", 300).read(300), "").heldOut()).hasSize(100);
        Samples samples = Samples.split(new Images("", 500).read(500), "");
        assertThat(samples.heldOut()).hasSize(167).doesNotContainAnyElementsOf(samples.calibration());
        assertThat(samples.calibration()).hasSize(333);
    }
}
