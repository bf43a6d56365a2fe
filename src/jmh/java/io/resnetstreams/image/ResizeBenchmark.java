package io.resnetstreams.image;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The resampler alone, from decoded pixels to the 224×224 crop. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ResizeBenchmark {
    private static final Preprocessing PREPROCESSING = new Preprocessing(256, 224, 224);

    /** What is resized; of 12 megapixels a JPEG's decoder has already made a quarter along each edge. */
    public enum Source {
        SAMPLE(28, 28, 1),
        PHOTOGRAPH(500, 375, 1),
        MEGAPIXELS12(4_000, 3_000, 4);

        private final int width;
        private final int height;
        private final int reduction;

        Source(int width, int height, int reduction) {
            this.width = width;
            this.height = height;
            this.reduction = reduction;
        }
    }

    @Param
    public Source source;

    private PixelRows pixels;

    /** Makes noise of the source's size. */
    @Setup
    public void make() {
        pixels = noise(
                NativeDecoder.reduced(source.width, source.reduction),
                NativeDecoder.reduced(source.height, source.reduction));
    }

    private static PixelRows noise(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        new SplittableRandom(1).nextBytes(rgb);
        return new PixelRows() {
            @Override
            public int width() {
                return width;
            }

            @Override
            public int height() {
                return height;
            }

            @Override
            public void row(int y, byte[] into) {
                System.arraycopy(rgb, y * 3 * width, into, 0, 3 * width);
            }
        };
    }

    @Benchmark
    public byte[] resize() {
        return Resampler.resample(pixels, source.width, source.height, source.reduction, PREPROCESSING);
    }
}
