package io.resnetstreams.inference;

import static io.resnetstreams.events.TestEvents.MODEL;
import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.SchemaFields;
import io.resnetstreams.events.SingleOutcome;
import io.resnetstreams.events.Stage;
import io.resnetstreams.fetch.ImageSource;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.batch.BatchPolicy;
import io.resnetstreams.inference.batch.Batcher;
import io.resnetstreams.inference.batch.DeviceFailedException;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.inference.batch.LongCalls;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The service with real threads and a fake network for images of 2×2 pixels; tests only wait for futures. */
class ClassificationServiceTest {
    private static final int POISON = 66;
    private static final int LIMIT_SECONDS = 30;

    private final FakeSource source = new FakeSource();
    private ClassificationService service;

    /** Records references; the test completes their futures. */
    private static final class FakeSource implements ImageSource {
        private final Map<String, CompletableFuture<File>> fetches = new ConcurrentHashMap<>();

        @Override
        public CompletableFuture<File> fetch(ImageReference reference) {
            return fetches.computeIfAbsent(reference.uri(), uri -> new CompletableFuture<>());
        }

        CompletableFuture<File> of(String uri) {
            Awaitility.await().until(() -> fetches.containsKey(uri));
            return fetches.get(uri);
        }
    }

    private record File(byte[] bytes, AtomicInteger closed) implements ImageSource.Fetched {
        File(byte[] bytes) {
            this(bytes, new AtomicInteger());
        }

        @Override
        public String sha256() {
            return "ab";
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private static RawEvent reference(String... uris) {
        return event(
                "k".getBytes(UTF_8), String.join("\n", uris).getBytes(UTF_8), headers("content-type", "text/uri-list"));
    }

    private ClassificationService serviceWith(FakeClassifier classifier) {
        return serviceWith(classifier, InferenceMetrics.NONE);
    }

    private ClassificationService serviceWith(FakeClassifier classifier, InferenceMetrics metrics) {
        return serviceWith(classifier, metrics, new ImageLimits(10_000, 100, 50, 50, 10_000));
    }

    private ClassificationService serviceWith(FakeClassifier classifier, InferenceMetrics metrics, ImageLimits limits) {
        return serviceWith(classifier, metrics, limits, DefaultLimits.eventReader());
    }

    private ClassificationService serviceWith(
            FakeClassifier classifier, InferenceMetrics metrics, ImageLimits limits, EventReader reader) {
        Batcher batcher = new Batcher(
                "cpu", List.of(classifier), 12, new BatchPolicy(4, 0), InferenceMetrics.NONE, LongCalls.allowed());
        service = new ClassificationService(
                reader,
                source,
                new ImagePreprocessor(limits, new Preprocessing(0, 2, 2)),
                2,
                List.of(batcher),
                new LabelFactory(new LabelRanking(List.of("bright", "dark"), 1), MODEL, DefaultLimits.labels()),
                metrics);
        return service;
    }

    @AfterEach
    void close() {
        if (service != null) {
            service.close();
        }
    }

    private static byte[] png(int width, int height, int red) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, red << 16);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static RawEvent image(String id, byte[] file) {
        return event(id.getBytes(UTF_8), file, headers("content-type", "image/png"));
    }

    private static Outcome await(CompletableFuture<Outcome> outcome) throws Exception {
        return outcome.get(LIMIT_SECONDS, SECONDS);
    }

    private static LabelEvent label(CompletableFuture<Outcome> outcome) throws Exception {
        return ((EncodedLabel) await(outcome)).event();
    }

    private DeadLetter deadLetter(RawEvent event) throws Exception {
        return (DeadLetter) await(service.classify(event));
    }

    @Test
    void anImageBecomesItsLabel() throws Exception {
        serviceWith(FakeClassifier.sound());
        RawEvent event = image("a", png(2, 2, 255));
        assertThat(label(service.classify(event)))
                .isEqualTo(new LabelEvent("a", List.of(new Label("bright", 0, 1)), MODEL, event.source()));
    }

    /** More events wait for the registry than there are decode threads. */
    @Test
    void otherEventsDoNotWaitForTheSchemaRegistry() throws Exception {
        try (RegistryServer registry = new RegistryServer()) {
            int id = registry.add("photos-value", Type.AVRO, "\"bytes\"");
            registry.down(true);
            EventReader reader = new EventReader(
                    new EventLimits(8, 200, 20, 100, 50), 1 << 24, registry.client(), new SchemaFields("image", "id"));
            serviceWith(
                    FakeClassifier.sound(),
                    InferenceMetrics.NONE,
                    new ImageLimits(10_000, 100, 50, 50, 10_000),
                    reader);
            byte[] png = png(2, 2, 255);
            byte[] framed = ByteBuffer.allocate(5 + png.length)
                    .put((byte) 0)
                    .putInt(id)
                    .put(png)
                    .array();
            List<CompletableFuture<Outcome>> waiting = Stream.generate(
                            () -> service.classify(event("k".getBytes(UTF_8), framed, headers())))
                    .limit(3)
                    .toList();
            Awaitility.await().until(() -> !registry.requests().isEmpty());
            assertThat(label(service.classify(image("a", png))).label()).isEqualTo("bright");
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            registry.down(false);
            for (CompletableFuture<Outcome> outcome : waiting) {
                assertThat(label(outcome).label()).isEqualTo("bright");
            }
            assertThat(reader.looksUpSchema(event("k".getBytes(UTF_8), framed, headers())))
                    .isFalse();
        }
    }

    @Test
    void anImageByReferenceIsFetchedAndReleased() throws Exception {
        serviceWith(FakeClassifier.sound());
        CompletableFuture<Outcome> outcome = service.classify(reference("s3://b/1"));
        File file = new File(png(2, 2, 255));
        source.of("s3://b/1").complete(file);
        LabelEvent label = label(outcome);
        assertThat(label.label()).isEqualTo("bright");
        assertThat(label.origin().image()).isEqualTo(new LabelEvent.SourceImage("s3://b/1", "ab"));
        assertThat(label.origin().onePart()).isNull();
        assertThat(file.closed).hasPositiveValue();
    }

    @Test
    void aLabelHasNoSignatureOfAUrl() throws Exception {
        serviceWith(FakeClassifier.sound());
        CompletableFuture<Outcome> signed = service.classify(reference("https://a/b?X-Amz-Signature=1#c"));
        source.of("https://a/b?X-Amz-Signature=1#c").complete(new File(png(2, 2, 0)));
        assertThat(label(signed).origin().image().uri()).isEqualTo("https://a/b");
        CompletableFuture<Outcome> version = service.classify(reference("s3://b/k?versionId=5"));
        source.of("s3://b/k?versionId=5").complete(new File(png(2, 2, 0)));
        assertThat(label(version).origin().image().uri()).isEqualTo("s3://b/k?versionId=5");
    }

    @Test
    void anImageThatCannotBeFetchedIsADeadLetter() throws Exception {
        serviceWith(FakeClassifier.sound());
        CompletableFuture<Outcome> outcome = service.classify(reference("s3://b/1"));
        source.of("s3://b/1")
                .completeExceptionally(new RejectedEventException(Stage.FETCH, "not_found", "there is no object"));
        DeadLetter letter = (DeadLetter) await(outcome);
        assertThat(letter.stage()).isEqualTo(Stage.FETCH);
        assertThat(letter.code()).isEqualTo("not_found");
    }

    @Test
    void eachImageOfAnEventHasItsOutcomeInOrder() throws Exception {
        serviceWith(FakeClassifier.sound());
        CompletableFuture<Outcome> outcome = service.classify(reference("s3://b/1", "s3://b/2", "s3://b/3"));
        source.of("s3://b/3").complete(new File(png(2, 2, 255)));
        source.of("s3://b/2").complete(new File(new byte[] {1, 2, 3}));
        assertThat(outcome).isNotDone();
        source.of("s3://b/1").complete(new File(png(2, 2, 0)));
        List<SingleOutcome> outcomes = await(outcome).each();
        assertThat(((EncodedLabel) outcomes.get(0)).event().label()).isEqualTo("dark");
        assertThat(((EncodedLabel) outcomes.get(0)).event().id()).isEqualTo("k#0");
        assertThat(((EncodedLabel) outcomes.get(0)).event().origin().onePart()).isEqualTo(new Part(1, 3));
        assertThat(((DeadLetter) outcomes.get(1)).stage()).isEqualTo(Stage.DECODE);
        assertThat(((DeadLetter) outcomes.get(1)).part()).isEqualTo(new Part(2, 3));
        assertThat(((EncodedLabel) outcomes.get(2)).event().label()).isEqualTo("bright");
    }

    @Test
    void cancellingAnEventCancelsItsTransfers() {
        serviceWith(FakeClassifier.sound());
        CompletableFuture<Outcome> one = service.classify(reference("s3://b/1"));
        CompletableFuture<Outcome> two = service.classify(reference("s3://b/2", "s3://b/3"));
        List<CompletableFuture<File>> fetches =
                List.of(source.of("s3://b/1"), source.of("s3://b/2"), source.of("s3://b/3"));
        one.cancel(false);
        two.cancel(false);
        assertThat(fetches).allSatisfy(fetch -> assertThat(fetch).isCancelled());
    }

    @Test
    void eachOfManyEventsGetsItsOwnLabel() throws Exception {
        serviceWith(FakeClassifier.sound());
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outcomes.add(service.classify(image("image-" + i, png(2, 2, i % 2 * 255))));
        }
        for (int i = 0; i < outcomes.size(); i++) {
            LabelEvent label = label(outcomes.get(i));
            assertThat(label.id()).isEqualTo("image-" + i);
            assertThat(label.labels().get(0).label()).isEqualTo(i % 2 == 0 ? "dark" : "bright");
        }
    }

    @Test
    void anUnreadableEventIsADeadLetterOfStageEvent() throws Exception {
        serviceWith(FakeClassifier.sound());
        DeadLetter letter = deadLetter(event(null, new byte[] {1}, headers("content-type", "text/html")));
        assertThat(letter.stage()).isEqualTo(Stage.EVENT);
        assertThat(letter.code()).isEqualTo("content_type");
    }

    @Test
    void anEventThatTheReaderFailsOnIsADeadLetter() throws Exception {
        serviceWith(FakeClassifier.sound());
        RecordHeaders odd = new RecordHeaders() {
            @Override
            public Header lastHeader(String key) {
                throw new IllegalStateException("odd");
            }
        };
        DeadLetter letter = deadLetter(event(new byte[1], png(2, 2, 255), odd));
        assertThat(letter.stage()).isEqualTo(Stage.EVENT);
        assertThat(letter.code()).isEqualTo("reader");
        assertThat(letter.reason()).contains("odd");
    }

    @Test
    void anImageTooLargeIsADeadLetterOfStageLimits() throws Exception {
        serviceWith(FakeClassifier.sound());
        DeadLetter letter = deadLetter(image("a", png(11, 10, 0)));
        assertThat(letter.stage()).isEqualTo(Stage.LIMITS);
        assertThat(letter.code()).isEqualTo("too_many_pixels");
    }

    @Test
    void anImageThatTakesTooLongIsADeadLetterAndOthersGetLabelsMeanwhile() throws Exception {
        serviceWith(FakeClassifier.sound(), InferenceMetrics.NONE, new ImageLimits(1 << 20, 9_000_000, 3_000, 1, 1));
        CompletableFuture<Outcome> slow = service.classify(image("slow", png(3_000, 3_000, 255)));
        List<CompletableFuture<Outcome>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(service.classify(image("other-" + i, png(2, 2, 255))));
        }
        for (CompletableFuture<Outcome> other : others) {
            assertThat(await(other)).isInstanceOf(EncodedLabel.class);
        }
        DeadLetter letter = (DeadLetter) await(slow);
        assertThat(letter.stage()).isEqualTo(Stage.LIMITS);
        assertThat(letter.code()).isEqualTo("decode_too_long");
    }

    @Test
    void aBrokenImageIsADeadLetterOfStageDecode() throws Exception {
        serviceWith(FakeClassifier.sound());
        byte[] whole = png(2, 2, 0);
        DeadLetter letter = deadLetter(image("a", Arrays.copyOf(whole, whole.length - 20)));
        assertThat(letter.stage()).isEqualTo(Stage.DECODE);
    }

    @Test
    void anImageThatTheNetworkFailsOnIsADeadLetterOfStageClassify() throws Exception {
        serviceWith(new FakeClassifier(images -> {
            if (images.stream().anyMatch(image -> image[0] == POISON)) {
                throw new IllegalStateException("poisoned");
            }
        }));
        CompletableFuture<Outcome> neighbour = service.classify(image("b", png(2, 2, 0)));
        DeadLetter letter = deadLetter(image("a", png(2, 2, POISON)));
        assertThat(letter.stage()).isEqualTo(Stage.CLASSIFY);
        assertThat(letter.code()).isEqualTo("classifier");
        assertThat(await(neighbour)).isInstanceOf(EncodedLabel.class);
    }

    @Test
    void aDeadLetterHoldsTheEventItself() throws Exception {
        serviceWith(FakeClassifier.sound());
        RawEvent event = event(new byte[] {9}, null, headers());
        assertThat(deadLetter(event).event()).isSameAs(event);
    }

    @Test
    void aBrokenDeviceFailsTheFuture() {
        serviceWith(new FakeClassifier(images -> {
            throw new IllegalStateException("device lost");
        }));
        assertThatThrownBy(() -> await(service.classify(image("a", png(2, 2, 0)))))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(DeviceFailedException.class);
    }

    @Test
    void cancelledEventsReachNoDevice() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        FakeClassifier classifier = new FakeClassifier(images -> {
            busy.countDown();
            await(go);
        });
        serviceWith(classifier);
        CompletableFuture<Outcome> first = service.classify(image("first", png(2, 2, 0)));
        await(busy);
        CompletableFuture<Outcome> cancelled = service.classify(image("cancelled", png(2, 2, 0)));
        cancelled.cancel(false);
        go.countDown();
        await(first);
        await(service.classify(image("last", png(2, 2, 0))));
        assertThat(classifier.batchSizes()).containsExactly(1, 1);
    }

    @Test
    void decodingIsLimitedToWhatTheDeviceNeeds() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger decoded = new AtomicInteger();
        serviceWith(new FakeClassifier(images -> await(go)), new InferenceMetrics() {
            @Override
            public void decoded(long nanos) {
                decoded.incrementAndGet();
            }
        });
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outcomes.add(service.classify(image("image-" + i, png(2, 2, 0))));
        }
        // Four batches of four.
        Awaitility.await()
                .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                .during(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(decoded).hasValue(16));
        go.countDown();
        for (CompletableFuture<Outcome> outcome : outcomes) {
            assertThat(await(outcome)).isInstanceOf(EncodedLabel.class);
        }
    }

    @Test
    void aClosedServiceTakesNoMoreEvents() throws Exception {
        serviceWith(FakeClassifier.sound()).close();
        RawEvent event = image("a", png(2, 2, 0));
        assertThatThrownBy(() -> await(service.classify(event)))
                .hasRootCauseInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("the classification service is closed");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
