package io.resnetstreams.model.train;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random crop of the image with a black border, random horizontal flip, and random erasing of a rectangle (Zhong et al.,
 * "Random Erasing Data Augmentation", with random values).
 *
 * @param border pixels around the image; 0 for no crop
 * @param erasingProbability probability that a rectangle of 2 to 20 % of the image is erased
 */
record Augmentation(int width, int height, int border, boolean flip, double erasingProbability) {
    private static final double LEAST_ERASED = 0.02;
    private static final double MOST_ERASED = 0.2;
    private static final double LEAST_ASPECT = 0.3;

    /** Writes a variant of an image, uint8 H×W×3, at the buffer's position. */
    void put(byte[] image, ByteBuffer target, SplittableRandom random) {
        byte[] variant = new byte[image.length];
        int left = border == 0 ? 0 : random.nextInt(2 * border + 1) - border;
        int top = border == 0 ? 0 : random.nextInt(2 * border + 1) - border;
        boolean mirrored = flip && random.nextBoolean();
        for (int y = 0; y < height; y++) {
            int sourceY = y + top;
            for (int x = 0; x < width && sourceY >= 0 && sourceY < height; x++) {
                int sourceX = (mirrored ? width - 1 - x : x) + left;
                if (sourceX >= 0 && sourceX < width) {
                    System.arraycopy(image, (sourceY * width + sourceX) * 3, variant, (y * width + x) * 3, 3);
                }
            }
        }
        if (random.nextDouble() < erasingProbability) {
            erase(variant, random);
        }
        target.put(variant);
    }

    private void erase(byte[] image, SplittableRandom random) {
        double area = random.nextDouble(LEAST_ERASED, MOST_ERASED) * width * height;
        double aspect = Math.exp(random.nextDouble(Math.log(LEAST_ASPECT), -Math.log(LEAST_ASPECT)));
        int erasedWidth = Math.min(width, Math.max(1, (int) Math.round(Math.sqrt(area * aspect))));
        int erasedHeight = Math.min(height, Math.max(1, (int) Math.round(Math.sqrt(area / aspect))));
        int left = random.nextInt(width - erasedWidth + 1);
        int top = random.nextInt(height - erasedHeight + 1);
        for (int y = top; y < top + erasedHeight; y++) {
            for (int x = left; x < left + erasedWidth; x++) {
                int pixel = (y * width + x) * 3;
                Arrays.fill(image, pixel, pixel + 3, (byte) random.nextInt(256));
            }
        }
    }
}
