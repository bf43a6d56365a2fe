package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
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
import org.openjdk.jmh.annotations.TearDown;

/** Measures only the resampler, from decoded pixels to the 224×224 crop. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ResizeBenchmark {
    private static final Preprocessing PREPROCESSING = new Preprocessing(256, 224, 224);

    /** The size of the source; the decoder of a JPEG of 12 megapixels already reduces each edge to a quarter. */
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

    private Pixels pixels;

    /** Creates noise of the source's size. */
    @Setup
    public void make() throws RejectedEventException {
        Leptonica.load();
        int width = (source.width + source.reduction - 1) / source.reduction;
        int height = (source.height + source.reduction - 1) / source.reduction;
        SplittableRandom random = new SplittableRandom(1);
        pixels = Pixels.ofRows(new ImageHeader(ImageFormat.JPEG, width, height), 0, (image, row) -> {
            for (int y = 0; y < height; y++) {
                image.setRow(y, random.ints(width).toArray());
            }
        });
    }

    @TearDown
    public void free() {
        pixels.close();
    }

    @Benchmark
    public byte[] resize() {
        return Resampler.resample(
                pixels,
                new ImageSize(source.width, source.height),
                source.reduction,
                ExifOrientation.UPRIGHT,
                PREPROCESSING);
    }
}
