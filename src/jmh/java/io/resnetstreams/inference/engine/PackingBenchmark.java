package io.resnetstreams.inference.engine;

import io.resnetstreams.inference.engine.PixelPacker.PixelBatch;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures copying the pixels of 32 images of 224×224 into the buffer that the engine reads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PackingBenchmark {
    private static final int IMAGES = 32;
    private static final int IMAGE_BYTES = 224 * 224 * 3;

    private final PixelPacker packer = new PixelPacker(IMAGE_BYTES);
    private List<byte[]> images;

    /** Creates the images. */
    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(1);
        images = Stream.generate(() -> {
                    byte[] pixels = new byte[IMAGE_BYTES];
                    random.nextBytes(pixels);
                    return pixels;
                })
                .limit(IMAGES)
                .toList();
    }

    @Benchmark
    public Object pack() {
        PixelBatch batch = packer.pack(images);
        return batch.pixels();
    }
}
