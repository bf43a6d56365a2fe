package io.resnetstreams.precision;

import io.resnetstreams.common.Folders;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conversions whose labels and speed are given. In fp32 the class of an image is its first byte. */
final class FakeBench implements Workbench {
    private final Path folder;
    private final ModelDirectory source;
    private final float weight;
    private final Map<Candidate, Behaviour> behaviours = new LinkedHashMap<>();
    private Runnable measuring = () -> {};
    private boolean loaded;
    private boolean closed;

    private record Behaviour(int different, double gain, RuntimeException failure) {}

    /** @param weight the value of the conversions' parameters, on which their digests depend */
    FakeBench(ModelDirectory source, float weight) throws IOException {
        this.source = source;
        this.weight = weight;
        this.folder = Files.createTempDirectory("fake-bench");
    }

    /** Adds a candidate that gives another class to this many of the held-out images. */
    FakeBench with(Candidate candidate, int different, double gain) {
        behaviours.put(candidate, new Behaviour(different, gain, null));
        return this;
    }

    FakeBench failing(Candidate candidate, RuntimeException failure) {
        behaviours.put(candidate, new Behaviour(0, 0, failure));
        return this;
    }

    /** Sets what runs while the speed is measured. */
    FakeBench measuring(Runnable action) {
        this.measuring = action;
        return this;
    }

    boolean isClosed() {
        return closed;
    }

    private final class Conversion implements Loaded {
        private final ModelDirectory files;
        private final Behaviour behaviour;

        Conversion(ModelDirectory files, Behaviour behaviour) {
            this.files = files;
            this.behaviour = behaviour;
        }

        @Override
        public ModelDirectory files() {
            return files;
        }

        @Override
        public int[] classes(List<byte[]> images) {
            int[] classes = images.stream().mapToInt(image -> image[0]).toArray();
            for (int i = 0; i < behaviour.different; i++) {
                classes[i]++;
            }
            return classes;
        }

        @Override
        public void close() {
            loaded = false;
        }
    }

    @Override
    public Loaded reference() {
        return new Conversion(source, new Behaviour(0, 1, null));
    }

    @Override
    public List<Candidate> candidates() {
        return List.copyOf(behaviours.keySet());
    }

    @Override
    public Loaded load(Candidate candidate, String name, List<byte[]> calibration) throws IOException {
        if (loaded) {
            throw new AssertionError("two conversions are loaded at once");
        }
        Behaviour behaviour = behaviours.get(candidate);
        if (behaviour.failure != null) {
            throw behaviour.failure;
        }
        Path directory = folder.resolve(candidate.precision() + "-" + candidate.engine());
        ModelWriter.write(
                directory,
                source.description().inPrecision(name, candidate.precision(), candidate.engine(), null),
                source.labels(),
                parameter -> {
                    float[] values = new float[parameter.size()];
                    Arrays.fill(values, weight + behaviours.size());
                    return values;
                });
        loaded = true;
        try {
            return new Conversion(ModelDirectory.load(directory), behaviour);
        } catch (io.resnetstreams.common.InvalidModelException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public double gain(Loaded conversion) {
        measuring.run();
        return ((Conversion) conversion).behaviour.gain;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        Folders.delete(folder);
    }
}
