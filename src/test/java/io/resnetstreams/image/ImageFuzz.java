package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.common.Png;
import io.resnetstreams.events.ByteMutator;
import io.resnetstreams.events.FuzzRun;
import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.bytedeco.opencv.global.opencv_imgcodecs;

/**
 * Fuzzes images: each is rejected with a code, or gives the same pixels each time, without traces of another image.
 * An image must not give pixels if libjpeg warns that image data is missing.
 */
final class ImageFuzz {
    private static final Path SHARED = Path.of("..", "shared");
    private static final int MOST_FILE_BYTES = 150_000;
    private static final int PHOTOGRAPHS = 8;
    private static final ImagePreprocessor PREPROCESSOR = new ImagePreprocessor(
            new ImageLimits(1 << 20, 6_000_000, 16_384, 100, 30_000), new Preprocessing(32, 28, 28));
    private static final byte[] OTHER_IMAGE = Png.encodeRgb(SampleImages.pattern(64, 48), 64, 48);

    private ImageFuzz() {}

    public static void main(String[] arguments) throws Exception {
        ByteMutator mutator = new ByteMutator(corpus(), List.of());
        FuzzRun.run("images", random -> make(mutator, random), ImageFuzz::accepts);
    }

    private static boolean accepts(byte[] file) throws RejectedEventException {
        byte[] first;
        try {
            first = PREPROCESSOR.toPixels(file);
        } catch (RejectedEventException e) {
            assertThat(e.code()).matches("[a-z0-9_]+");
            ImagePreprocessor.statedSize(file);
            return false;
        }
        PREPROCESSOR.toPixels(OTHER_IMAGE);
        assertThat(Arrays.equals(PREPROCESSOR.toPixels(file), first))
                .as("decoding again gives the same pixels")
                .isTrue();
        assertThat(ImagePreprocessor.statedSize(file)).isPresent();
        if (file[0] == (byte) 0xFF && Djpeg.isInstalled()) {
            assertThat(LibjpegWarnings.ofDamage(file).isEmpty() ? List.of() : confirmedDamage(file))
                    .isEmpty();
        }
        return true;
    }

    /** The JDK's libjpeg also warns of bad Huffman codes that libjpeg-turbo accepts; libjpeg-turbo decides. */
    private static List<String> confirmedDamage(byte[] file) {
        try {
            Path folder = Files.createTempDirectory("djpeg");
            Djpeg judgement = Djpeg.judge(file, folder);
            Files.delete(folder.resolve("input.jpg"));
            Files.delete(folder);
            return judgement.isDamaged() ? judgement.warnings() : List.of();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("djpeg can't be run", e);
        }
    }

    /** Repairs the structure of half of the images, so that they pass its checks and reach the decoders. */
    private static byte[] make(ByteMutator mutator, SplittableRandom random) {
        byte[] file = mutator.next(random);
        if (file.length > 12 && random.nextBoolean()) {
            switch (file[0]) {
                case (byte) 0x89 -> mendChecksums(file);
                case (byte) 0xFF -> mendEnd(file);
                case 'R' -> ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, file.length - 8);
                default -> {
                    // GIF and BMP have neither checksums nor a length that the decoder checks.
                }
            }
        }
        return file;
    }

    private static void mendEnd(byte[] jpeg) {
        jpeg[jpeg.length - 2] = (byte) 0xFF;
        jpeg[jpeg.length - 1] = (byte) 0xD9;
    }

    private static void mendChecksums(byte[] png) {
        ByteBuffer buffer = ByteBuffer.wrap(png);
        CRC32 crc = new CRC32();
        for (int at = 8; at + 12 <= png.length; ) {
            int length = buffer.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                return;
            }
            crc.reset();
            crc.update(png, at + 4, 4 + length);
            buffer.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
    }

    private static List<byte[]> corpus() throws IOException {
        byte[] gradient = SampleImages.gradient(64, 48);
        byte[] jpeg = SampleImages.jpeg(64, 48);
        byte[] webp = SampleImages.encode(".webp", gradient, 64, 48);
        byte[] png = Png.encodeRgb(gradient, 64, 48);
        List<byte[]> corpus = new ArrayList<>(List.of(
                jpeg,
                SampleImages.withSegment(jpeg, 0xE1, SampleImages.exif(6)),
                SampleImages.progressiveJpeg(64, 48),
                SampleImages.encode(".jpg", gradient, 64, 48, opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 2),
                png,
                SampleImages.withPngExif(png, SampleImages.exif(8)),
                SampleImages.encode(".png", SampleImages.pattern(64, 48), 64, 48),
                SampleImages.encode(".gif", gradient, 64, 48),
                SampleImages.encode(".bmp", gradient, 64, 48),
                webp,
                SampleImages.encode(".webp", gradient, 64, 48, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101),
                SampleImages.withWebpExif(webp, 64, 48, SampleImages.exif(3))));
        corpus.addAll(files(SHARED.resolve("bad-images"), Integer.MAX_VALUE));
        corpus.addAll(files(SHARED.resolve("photos"), PHOTOGRAPHS));
        return corpus;
    }

    /** Returns the images of a folder; if it is missing, prints a message and returns none. */
    private static List<byte[]> files(Path folder, int most) throws IOException {
        if (!Files.isDirectory(folder)) {
            System.out.println("fuzz images: the folder " + folder + " is missing, so its images are not used");
            return List.of();
        }
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.sorted().toList()) {
                boolean image = path.toString().matches(".*\\.(?i:jpe?g|png|gif|bmp|webp)");
                if (image && files.size() < most && Files.size(path) <= MOST_FILE_BYTES) {
                    files.add(Files.readAllBytes(path));
                }
            }
        }
        return files;
    }
}
