package io.resnetstreams.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static final int SIZE = 16;
    private static final int SEEDS = 200;

    /** Returns an image whose red encodes x and whose green encodes y; no pixel is grey or black. */
    private static byte[] image() {
        byte[] image = new byte[SIZE * SIZE * 3];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int pixel = (y * SIZE + x) * 3;
                image[pixel] = (byte) (x + 1);
                image[pixel + 1] = (byte) (y + 1);
                image[pixel + 2] = 100;
            }
        }
        return image;
    }

    private static byte[] varied(Augmentation augmentation, long seed) {
        byte[] image = image();
        ByteBuffer target = ByteBuffer.allocate(image.length);
        augmentation.put(image, target, new SplittableRandom(seed));
        assertThat(target.hasRemaining()).isFalse();
        return target.array();
    }

    private static byte[] mirrored() {
        byte[] image = image();
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                image[(y * SIZE + x) * 3] = (byte) (SIZE - x);
            }
        }
        return image;
    }

    @Test
    void withoutAugmentationsTheImageStaysTheSame() {
        assertThat(varied(new Augmentation(SIZE, SIZE, 0, false, 0), 1)).isEqualTo(image());
    }

    @Test
    void theSeedRepeatsTheResult() {
        Augmentation augmentation = new Augmentation(SIZE, SIZE, 4, true, 0.5);
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(varied(augmentation, seed)).as("seed %d", seed).isEqualTo(varied(augmentation, seed));
        }
    }

    @Test
    void aFlipMirrorsOrLeavesTheImage() {
        Set<String> seen = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            byte[] result = varied(new Augmentation(SIZE, SIZE, 0, true, 0), seed);
            assertThat(result)
                    .as("seed %d", seed)
                    .satisfiesAnyOf(bytes -> assertThat(bytes).isEqualTo(image()), bytes -> assertThat(bytes)
                            .isEqualTo(mirrored()));
            seen.add(Arrays.toString(result));
        }
        assertThat(seen).hasSize(2);
    }

    @Test
    void aCropShiftsTheImageByAtMostItsBorderOverBlack() {
        Set<Integer> shifts = new HashSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            byte[] result = varied(new Augmentation(SIZE, SIZE, 2, false, 0), seed);
            int centre = (8 * SIZE + 8) * 3;
            int left = result[centre] - 9;
            int top = result[centre + 1] - 9;
            shifts.add(left * 100 + top);
            assertThat(result).as("seed %d", seed).isEqualTo(shifted(left, top));
            assertThat(Math.max(Math.abs(left), Math.abs(top))).isLessThanOrEqualTo(2);
        }
        assertThat(shifts).hasSize(25);
    }

    private static byte[] shifted(int left, int top) {
        byte[] image = image();
        byte[] shifted = new byte[image.length];
        for (int y = Math.max(0, -top); y < Math.min(SIZE, SIZE - top); y++) {
            for (int x = Math.max(0, -left); x < Math.min(SIZE, SIZE - left); x++) {
                System.arraycopy(image, ((y + top) * SIZE + x + left) * 3, shifted, (y * SIZE + x) * 3, 3);
            }
        }
        return shifted;
    }

    @Test
    void erasingReplacesARectangleOfAFewPercentByGreyNoise() {
        for (long seed = 0; seed < SEEDS; seed++) {
            byte[] result = varied(new Augmentation(SIZE, SIZE, 0, false, 1), seed);
            int erased = 0;
            for (int pixel = 0; pixel < result.length; pixel += 3) {
                if (result[pixel] == result[pixel + 1] && result[pixel] == result[pixel + 2]) {
                    erased++;
                }
            }
            assertThat(erased).as("seed %d", seed).isBetween(1, SIZE * SIZE / 4);
        }
    }

    @Test
    void erasingHappensAsOftenAsAskedFor() {
        int changed = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            changed += Arrays.equals(varied(new Augmentation(SIZE, SIZE, 0, false, 0.25), seed), image()) ? 0 : 1;
        }
        assertThat(changed).isBetween(SEEDS / 8, SEEDS / 2);
    }
}
