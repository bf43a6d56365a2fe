package io.resnetstreams.bench;

import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures decoding and preprocessing, from a JPEG to the 224×224 crop. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecodeBenchmark {
    private final ImagePreprocessor preprocessor =
            new ImagePreprocessor(new ConfigurationLoader().load().limits().image(), new Preprocessing(256, 224, 224));
    private byte[] file;

    /** The size of the JPEG. */
    public enum Source {
        PHOTOGRAPH(500, 375),
        MEGAPIXELS12(4_000, 3_000);

        private final int width;
        private final int height;

        Source(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    @Param
    public Source source;

    /** Creates the JPEG. */
    @Setup
    public void make() throws IOException {
        file = Photographs.made(source.width, source.height, 1);
    }

    @Benchmark
    public byte[] decode() throws RejectedEventException {
        return preprocessor.toPixels(file);
    }
}
