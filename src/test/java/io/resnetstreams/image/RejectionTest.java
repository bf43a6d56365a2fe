package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.common.Png;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RejectionTest {
    private static final Preprocessing PREPROCESSING = new Preprocessing(0, 28, 28);

    private static final ImageLimits LIMITS = new ImageLimits(20_000, 5_000, 100, 10, 10_000);

    private final ImagePreprocessor preprocessor = new ImagePreprocessor(LIMITS, PREPROCESSING);

    @Test
    void tooManyBytes() {
        assertRejected(new byte[20_001], Stage.LIMITS, "too_many_bytes", "20001 bytes; at most 20000");
    }

    @Test
    void edgeTooLong() {
        assertRejected(png(101, 1), Stage.LIMITS, "edge_too_long", "101×1 pixels; an edge may have at most 100");
    }

    @Test
    void tooManyPixels() {
        assertRejected(png(90, 90), Stage.LIMITS, "too_many_pixels", "90×90 = 8100 pixels; at most 5000");
    }

    @Test
    void aspectRatioTooLarge() throws Exception {
        assertThat(DecodedImage.of(png(5, 50), LIMITS).height()).isEqualTo(50);
        assertRejected(
                png(5, 51), Stage.LIMITS, "aspect_ratio_too_large", "5×51 pixels; an edge may be at most 10 times");
        assertRejected(
                png(51, 5), Stage.LIMITS, "aspect_ratio_too_large", "51×5 pixels; an edge may be at most 10 times");
    }

    @Test
    void decodingThatTakesTooLongIsRejected() throws Exception {
        AtomicLong millis = new AtomicLong();
        AtomicLong step = new AtomicLong(25);
        ImageLimits limits = new ImageLimits(20_000, 5_000, 100, 10, 50);
        // This clock advances each time it is read: at the start, after decoding, and at the end.
        ImagePreprocessor slow = new ImagePreprocessor(
                limits, PREPROCESSING, () -> TimeUnit.MILLISECONDS.toNanos(millis.addAndGet(step.get())));
        assertThat(slow.toPixels(png(60, 40))).hasSize(28 * 28 * 3);
        step.set(26);
        assertThatThrownBy(() -> slow.toPixels(png(60, 40)))
                .hasMessage("decoding took 52 ms of a processor; at most 50 are allowed")
                .asInstanceOf(type(RejectedEventException.class))
                .satisfies(rejected -> {
                    assertThat(rejected.code()).isEqualTo("decode_too_long");
                    assertThat(rejected.stage()).isEqualTo(Stage.LIMITS);
                });
    }

    @Test
    void theProcessorTimeOfTheThreadAdvances() {
        long start = ImagePreprocessor.THREAD_TIME.getAsLong();
        long sum = 0;
        while (ImagePreprocessor.THREAD_TIME.getAsLong() == start && sum < 1_000_000_000) {
            sum++;
        }
        assertThat(ImagePreprocessor.THREAD_TIME.getAsLong()).isGreaterThan(start);
    }

    @Test
    void imagesAtTheLimitsAreAccepted() throws Exception {
        assertThat(DecodedImage.of(png(100, 50), LIMITS).rgb()).isEqualTo(SampleImages.gradient(100, 50));
    }

    @Test
    void limitsAreCheckedBeforePixelsAreDecoded() {
        // 33 bytes claim 2 GB of pixels; the claim is rejected, not the missing data.
        byte[] bomb =
                HexFormat.of().parseHex("89504E470D0A1A0A0000000D4948445200007000000070000802000000" + "00000000");
        assertRejected(bomb, Stage.LIMITS, "edge_too_long", "28672×28672");
    }

    @Test
    void empty() {
        assertRejected(new byte[0], Stage.DECODE, "empty", "0 bytes");
    }

    @Test
    void unknownFormat() {
        assertRejected("not an image".getBytes(US_ASCII), Stage.DECODE, "unknown_format", "6e 6f 74 20 61 6e");
    }

    static Stream<Arguments> wholeFiles() {
        return Map.of(
                        "jpeg", SampleImages.jpeg(60, 40),
                        "progressive", SampleImages.progressiveJpeg(60, 40),
                        "png", png(60, 40),
                        "gif", SampleImages.encode(".gif", SampleImages.gradient(60, 40), 60, 40),
                        "bmp", SampleImages.encode(".bmp", SampleImages.gradient(60, 40), 60, 40),
                        "webp", SampleImages.encode(".webp", SampleImages.gradient(60, 40), 60, 40))
                .entrySet()
                .stream()
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeFiles")
    void everyTruncationIsRejected(String name, byte[] file) {
        // A JPEG without its end marker (two bytes), a GIF without its trailer and a PNG without its last chunk still
        // have all of their pixels.
        int end = name.equals("png") ? 12 : 2;
        for (int length = 30; length < file.length - end; length += 1 + file.length / 300) {
            byte[] cut = Arrays.copyOf(file, length);
            String what = String.format("%s cut to %d of %d bytes", name, length, file.length);
            assertThat(catchThrowable(() -> preprocessor.toPixels(cut)))
                    .as(what)
                    .isInstanceOf(RejectedEventException.class)
                    .asInstanceOf(type(RejectedEventException.class))
                    .extracting(RejectedEventException::code)
                    .isEqualTo("truncated");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeFiles")
    void dataAfterTheEndIsIgnored(String name, byte[] file) throws Exception {
        byte[] longer = Arrays.copyOf(file, file.length + 1000);
        assertThat(preprocessor.toPixels(longer)).isEqualTo(preprocessor.toPixels(file));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void truncatedJpegWithAnEndMarkerIsRejected(boolean progressive) {
        byte[] file = SampleImages.encode(
                ".jpg",
                SampleImages.pattern(64, 64),
                64,
                64,
                opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                progressive ? 1 : 0);
        byte[] mended = Arrays.copyOf(file, file.length * 3 / 4);
        mended[mended.length - 2] = (byte) 0xFF;
        mended[mended.length - 1] = (byte) 0xD9;
        assertRejected(mended, Stage.DECODE, "truncated", "its image data is not complete; libjpeg gives");
    }

    @Test
    void greyJpegIsNotTakenForTruncated() throws Exception {
        byte[] grey = new byte[3 * 64 * 64];
        Arrays.fill(grey, (byte) 128);
        byte[] file = SampleImages.encode(".jpg", grey, 64, 64);
        assertThat(DecodedImage.of(file).rgb()).isEqualTo(grey);
    }

    @Test
    void missingRestartIntervalIsCorrupt() {
        byte[] file = SampleImages.encode(
                ".jpg", SampleImages.pattern(64, 64), 64, 64, opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 2);
        int first = indexOf(file, 0xD0);
        int second = indexOf(file, 0xD1);
        byte[] gap = Arrays.copyOf(file, file.length - (second - first));
        System.arraycopy(file, second, gap, first, file.length - second);
        assertRejected(gap, Stage.DECODE, "corrupt", "found marker 0xd1 instead of RST0");
    }

    @Test
    void manyScansAreRejected() {
        byte[] attack = withEmptyScans(SampleImages.progressiveJpeg(20, 40), 101);
        assertRejected(
                attack, Stage.LIMITS, "too_many_scans", "more than 100 scans, which is what is allowed for 20×40");
    }

    @Test
    void fewerScansAreAllowedToLargeImages() {
        byte[] attack = withEmptyScans(SampleImages.progressiveJpeg(100, 50), 17);
        assertRejected(
                attack, Stage.LIMITS, "too_many_scans", "more than 16 scans, which is what is allowed for 100×50");
    }

    private static byte[] withEmptyScans(byte[] file, int count) {
        int scan = indexOf(file, 0xDA);
        byte[] attack = Arrays.copyOf(file, scan + count * 10);
        for (int i = 0; i < count; i++) {
            byte[] emptyScan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 1, 63, 0};
            System.arraycopy(emptyScan, 0, attack, scan + i * 10, 10);
        }
        return attack;
    }

    @Test
    void wrongChecksumIsCorrupt() {
        byte[] file = png(60, 40);
        file[file.length - 30] ^= 1;
        assertRejected(file, Stage.DECODE, "corrupt", "checksum of the PNG chunk at byte 33");
    }

    /** The length of the chunk would overflow and lead back to the same chunk. */
    @Test
    @Timeout(60)
    void aChunkLongerThanTheFileEndsTheSearchForExif() {
        byte[] file = png(60, 40);
        Arrays.fill(file, 33, 36, (byte) 0xFF);
        file[36] = (byte) 0xF4;
        assertRejected(file, Stage.DECODE, "truncated", "its structure needs at least");
        assertThat(ImagePreprocessor.statedSize(file)).contains(new ImageSize(60, 40));
    }

    @Test
    void anEmptyExifSegmentIsAcceptedAndATruncatedOneIsRejected() throws Exception {
        byte[] jpeg = SampleImages.jpeg(60, 40);
        byte[] name = {'E', 'x', 'i', 'f', 0, 0};
        assertThat(DecodedImage.of(SampleImages.withSegment(jpeg, 0xE1, name)).width())
                .isEqualTo(60);
        for (int bytes = 1; bytes < 8; bytes++) {
            byte[] cut = SampleImages.withSegment(jpeg, 0xE1, Arrays.copyOf(SampleImages.exif(6), 6 + bytes));
            assertRejected(cut, Stage.DECODE, "truncated", "its EXIF data has " + bytes + " bytes");
        }
        byte[] both = SampleImages.withSegment(SampleImages.withSegment(jpeg, 0xE1, SampleImages.exif(6)), 0xE1, name);
        assertThat(DecodedImage.of(both).width()).isEqualTo(40);
    }

    /**
     * Like Pillow, accepts integers of 16 and 32 bits, uses the last of several entries, and ignores what is not
     * TIFF.
     */
    @ParameterizedTest
    @CsvSource({
        "4D4D002A00000008 0001 0112 0003 00000001 0006 0000, true",
        "4D4D002A00000008 0001 0112 0004 00000001 00000006, true",
        "49492A0008000000 0100 1201 0300 01000000 0600 0000, true",
        "49492A0008000000 0100 1201 0400 01000000 0600 0000, true",
        "49492A0008000000 0200 1201 0300 01000000 0100 0000 1201 0300 01000000 0800 0000, true",
        "49492A0008000000 0200 1201 0300 01000000 0600 0000 1201 0300 01000000 0300 0000, false",
        "49492A0008000000 0100 1201 0100 01000000 0600 0000, false",
        "49492A0008000000 0100 1201 0300 00000000 0600 0000, false",
        "58582A0008000000 0100 1201 0300 01000000 0600 0000, false",
        "49490000 08000000 0100 1201 0300 01000000 0600 0000, false"
    })
    void orientationIsReadAsPillowReadsIt(String hex, boolean turned) throws Exception {
        byte[] tiff = HexFormat.of().parseHex("457869660000" + hex.replace(" ", "") + "00000000");
        DecodedImage image = DecodedImage.of(SampleImages.withSegment(SampleImages.jpeg(60, 40), 0xE1, tiff));
        assertThat(image.width()).isEqualTo(turned ? 40 : 60);
    }

    @Test
    void noPixelsAreCorrupt() {
        byte[] file = SampleImages.encode(".bmp", SampleImages.gradient(6, 4), 6, 4);
        Arrays.fill(file, 18, 22, (byte) 0);
        assertRejected(file, Stage.DECODE, "corrupt", "0×4 pixels; both edges must be at least 1");
    }

    @Test
    void rejectedImageLeavesNoTraceInTheNext() throws Exception {
        byte[] good = SampleImages.encode(".png", SampleImages.pattern(60, 40), 60, 40);
        byte[] broken = Png.encodeRgb(SampleImages.gradient(60, 40), 60, 40);
        broken[broken.length - 40] ^= 1;
        for (int i = 0; i < 3; i++) {
            assertThat(DecodedImage.of(good).rgb()).isEqualTo(SampleImages.pattern(60, 40));
            assertThatThrownBy(() -> DecodedImage.of(broken)).isInstanceOf(RejectedEventException.class);
        }
    }

    private void assertRejected(byte[] file, Stage stage, String code, String reason) {
        assertThatThrownBy(() -> preprocessor.toPixels(file))
                .isInstanceOf(RejectedEventException.class)
                .hasMessageContaining(reason)
                .asInstanceOf(type(RejectedEventException.class))
                .satisfies(rejected -> {
                    assertThat(rejected.code()).isEqualTo(code);
                    assertThat(rejected.stage()).isEqualTo(stage);
                });
    }

    private static byte[] png(int width, int height) {
        return Png.encodeRgb(SampleImages.gradient(width, height), width, height);
    }

    private static int indexOf(byte[] file, int marker) {
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) marker) {
                return i;
            }
        }
        throw new IllegalArgumentException("no marker " + Integer.toHexString(marker));
    }
}
