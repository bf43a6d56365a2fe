package io.resnetstreams.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.zip.CRC32;

/** Weights and inputs that come from a formula, the same here as where the reference values were computed. */
final class ParityWeights {
    private static final long MASK = 0xFFFFFFFFL;

    private final int seed;

    ParityWeights(int seed) {
        this.seed = seed;
    }

    float[] values(ParameterShape parameter) {
        String name = parameter.name();
        if (name.equals(ResNetSymbol.INPUT_OFFSET) || name.equals(ResNetSymbol.INPUT_SCALE)) {
            // The reference's input is normalised already.
            float[] values = new float[3];
            Arrays.fill(values, name.equals(ResNetSymbol.INPUT_SCALE) ? 1 : 0);
            return values;
        }
        float[] values = new float[parameter.size()];
        long salt = salt(name);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value(name, parameter.shape(), uniform(salt, i));
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

    /** Returns the reference's first image, in H×W×3. */
    float[] image(int size) {
        long salt = salt("input");
        float[] image = new float[size * size * 3];
        for (int channel = 0; channel < 3; channel++) {
            for (int pixel = 0; pixel < size * size; pixel++) {
                image[pixel * 3 + channel] = (float) ((2 * uniform(salt, channel * size * size + pixel) - 1) * 2);
            }
        }
        return image;
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
