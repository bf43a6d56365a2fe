package io.resnetstreams.model.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ResNetSymbol;
import java.util.zip.CRC32;

/**
 * Weights and images from a formula, so that the results of another implementation can be compared without storing
 * weights: hashes of a parameter's name, the seed and the value's index, scaled so that activations neither vanish nor
 * explode.
 */
public record FormulaWeights(long seed) {
    private static final long MASK = 0xFFFFFFFFL;
    private static final int BLOCK = 32; // edge in pixels of the blocks of equal values in the second image

    /** Returns a parameter's values, row-major. The input's normalisation has no effect. */
    public float[] values(ParameterShape parameter) {
        if (parameter.kind() == ParameterShape.Kind.CONSTANT) {
            return ResNetSymbol.constant(parameter, Normalisation.NONE);
        }
        float[] values = new float[parameter.size()];
        long salt = salt(parameter.name());
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value(parameter.name(), parameter.shape(), uniform(salt, i));
        }
        return values;
    }

    private static double value(String name, int[] shape, double u) {
        if (shape.length == 4) {
            return (2 * u - 1) * Math.sqrt(6.0 / (shape[1] * shape[2] * shape[3]));
        }
        if (shape.length == 2) {
            return (2 * u - 1) * Math.sqrt(3.0 / shape[1]);
        }
        if (name.endsWith("running_var")) {
            return 0.5 + u;
        }
        return name.endsWith(".weight") ? 0.25 + 0.5 * u : (2 * u - 1) * 0.1;
    }

    /** Returns two normalised images, float 2×H×W×3: noise, and blocks of 32×32 pixels. */
    public float[] images(int size) {
        int pixels = size * size;
        float[] images = new float[2 * pixels * 3];
        long noise = salt("input");
        long blocks = salt("blocks");
        int blocksPerRow = (size + BLOCK - 1) / BLOCK;
        for (int channel = 0; channel < 3; channel++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                int block = pixel / size / BLOCK * blocksPerRow + pixel % size / BLOCK;
                images[pixel * 3 + channel] = input(noise, channel * pixels + pixel);
                images[(pixels + pixel) * 3 + channel] = input(blocks, channel * blocksPerRow * blocksPerRow + block);
            }
        }
        return images;
    }

    private static float input(long salt, int index) {
        return (float) ((2 * uniform(salt, index) - 1) * 2);
    }

    private long salt(String name) {
        CRC32 crc = new CRC32();
        crc.update((seed + ":" + name).getBytes(UTF_8));
        return crc.getValue();
    }

    private static double uniform(long salt, long index) {
        long h = (index * 2_654_435_761L + salt) & MASK;
        h = (h * 2_246_822_519L + 3_266_489_917L) & MASK;
        h ^= h >>> 15;
        h = (h * 668_265_263L) & MASK;
        h ^= h >>> 13;
        return h / 4_294_967_296.0;
    }
}
