package io.resnetstreams.image;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.RejectedEventException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged files give pixels or a rejection: no crash, no hang, no other exception, nothing of another image. */
class MutatedImagesTest {
    private static final int CASES = 2_000;

    private final ImagePreprocessor preprocessor = new ImagePreprocessor(
            new ImageLimits(1 << 20, 1_000_000, 16_384, 100, 10_000), new Preprocessing(32, 28, 28));

    @Test
    @Timeout(value = 60, unit = SECONDS)
    void mutations() throws Exception {
        long seed = Long.getLong("resnet-streams.seed", System.nanoTime());
        System.out.println("MutatedImagesTest: repeat with -Dresnet-streams.seed=" + seed);
        Random random = new Random(seed);
        List<byte[]> corpus = corpus();
        byte[] otherImage = Png.encodeRgb(SampleImages.pattern(64, 48), 64, 48);
        int decoded = 0;
        for (int i = 0; i < CASES; i++) {
            byte[] file = mutate(corpus.get(random.nextInt(corpus.size())), corpus, random);
            try {
                byte[] first = preprocessor.toPixels(file);
                preprocessor.toPixels(otherImage);
                assertThat(preprocessor.toPixels(file))
                        .as("case %d of seed %d", i, seed)
                        .isEqualTo(first);
                decoded++;
            } catch (RejectedEventException e) {
                assertThat(e.code()).as("case %d of seed %d", i, seed).isNotEmpty();
            }
        }
        assertThat(decoded)
                .as("of %d cases of seed %d, those decoded", CASES, seed)
                .isBetween(1, CASES - 1);
    }

    private static List<byte[]> corpus() {
        byte[] gradient = SampleImages.gradient(64, 48);
        byte[] jpeg = SampleImages.jpeg(64, 48);
        return List.of(
                jpeg,
                SampleImages.withSegment(jpeg, 0xE1, SampleImages.exif(6)),
                SampleImages.progressiveJpeg(64, 48),
                Png.encodeRgb(gradient, 64, 48),
                SampleImages.encode(".png", gradient, 64, 48),
                SampleImages.encode(".gif", gradient, 64, 48),
                SampleImages.encode(".bmp", gradient, 64, 48),
                SampleImages.encode(".webp", gradient, 64, 48));
    }

    private static byte[] mutate(byte[] original, List<byte[]> corpus, Random random) {
        byte[] file = original.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = random.nextInt(8); i >= 0; i--) {
                    file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> file = Arrays.copyOf(file, random.nextInt(file.length));
            case 2 -> {
                byte[] other = corpus.get(random.nextInt(corpus.size()));
                int length = random.nextInt(Math.min(other.length, file.length));
                System.arraycopy(
                        other,
                        random.nextInt(other.length - length),
                        file,
                        random.nextInt(file.length - length),
                        length);
            }
            default -> file[random.nextInt(Math.min(file.length, 200))] = (byte) random.nextInt();
        }
        return random.nextBoolean() ? withRightChecksums(file) : file;
    }

    /** Lets damage to a PNG get past the checksums, to the decoder. */
    private static byte[] withRightChecksums(byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file);
        CRC32 crc = new CRC32();
        if (file.length > 8 && file[0] == (byte) 0x89) {
            for (int at = 8; at + 12 <= file.length; ) {
                int length = buffer.getInt(at);
                if (length < 0 || length > file.length - at - 12) {
                    break;
                }
                crc.reset();
                crc.update(file, at + 4, 4 + length);
                buffer.putInt(at + 8 + length, (int) crc.getValue());
                at += 12 + length;
            }
        }
        return file;
    }
}
