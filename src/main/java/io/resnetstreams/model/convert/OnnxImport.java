package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxFile;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxSession;
import io.resnetstreams.model.onnx.OnnxSession.Output;
import io.resnetstreams.model.onnx.OnnxWrapping;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Imports a classifier in ONNX into a model directory. Before anything is written, ONNX Runtime runs it on one image and on
 * two.
 */
public final class OnnxImport {
    private static final long SEED = 1;
    private static final double SUM_TOLERANCE = 1e-3;
    /** The part of the difference between two images by which an image's own results may differ. */
    private static final double PART = 0.1;

    private final Path file;
    private final OnnxModel network;

    private OnnxImport(Path file, OnnxModel network) {
        this.file = file;
        this.network = network;
    }

    /** Reads a file; throws an {@link InvalidModelException} if it is no classifier that can be imported. */
    public static OnnxImport read(Path file) throws InvalidModelException {
        return new OnnxImport(file, OnnxFile.read(file));
    }

    /** Returns the layout and the size of the network's input, as far as the file says. */
    public OnnxWrapping.Images images() throws InvalidModelException {
        return OnnxWrapping.images(file, network);
    }

    /** Returns the precision that the network computes in. */
    public Precision precision() {
        return network.precision();
    }

    /**
     * Writes the model directory.
     *
     * @param layout of the network's own input
     * @throws InvalidModelException if ONNX Runtime can't run the network, its batches have a fixed size, or the numbers of
     *     outputs and labels differ; nothing is written in these cases
     */
    public void write(List<String> labels, ModelDescription description, Layout layout, Path directory)
            throws InvalidModelException, IOException {
        int height = description.inputHeight();
        int width = description.inputWidth();
        OnnxModel wrapped = OnnxWrapping.wrap(file, network, layout, height, width, description.normalisation());
        int classes = classes(wrapped, height, width);
        WeightsCheck.requireClasses(file, classes);
        WeightsCheck.requireLabels(file, classes, labels.size());
        ModelWriter.write(directory, description, labels, wrapped);
    }

    /** Runs the network and returns the number of its classes. */
    private int classes(OnnxModel wrapped, int height, int width) throws InvalidModelException, IOException {
        byte[] first = new byte[height * width * 3];
        new SplittableRandom(SEED).nextBytes(first);
        // Dark, so that the results differ.
        byte[] second = new byte[first.length];
        for (int i = 0; i < second.length; i++) {
            second[i] = (byte) ((first[i] & 0xff) / 8);
        }
        try (OnnxSession session = OnnxSession.load(wrapped)) {
            Output one = run(session, height, width, first);
            require(one.shape().length == 2 && one.shape()[0] == 1, "its output is not one row for each image");
            int classes = one.values().length;
            double sum = 0;
            for (float value : one.values()) {
                require(Float.isFinite(value), "its output for an image is " + value);
                sum += value;
            }
            require(
                    Math.abs(sum - 1) < SUM_TOLERANCE,
                    "its output is not a probability for each class; the sum is " + sum);
            Output two;
            try {
                two = run(session, height, width, first, second);
            } catch (RuntimeException e) {
                throw new InvalidModelException(
                        file + ": runs on one image but not on two (" + firstLine(e)
                                + "); export it with a batch of varying size",
                        e);
            }
            float[] alone = Arrays.copyOf(one.values(), 2 * classes);
            System.arraycopy(run(session, height, width, second).values(), 0, alone, classes, classes);
            require(
                    areEqual(alone, two.values(), classes),
                    "gives an image other results in a batch of two; export it with a batch of varying size");
            return classes;
        } catch (RuntimeException e) {
            throw new InvalidModelException(file + ": ONNX Runtime can't run it: " + firstLine(e), e);
        }
    }

    /** Returns whether the results of two images are the same alone and together, up to rounding. */
    private boolean areEqual(float[] alone, float[] together, int classes) {
        if (alone.length != together.length) {
            return false;
        }
        float largest = 0;
        float spread = 0;
        float difference = 0;
        for (int index = 0; index < alone.length; index++) {
            largest = Math.max(largest, alone[index]);
            spread = Math.max(spread, Math.abs(alone[index] - alone[index % classes]));
            difference = Math.max(difference, Math.abs(alone[index] - together[index]));
        }
        double rounding =
                switch (precision()) {
                    case FP32 -> 1e-5;
                        // The scales of int8 may be those of the whole batch.
                    case INT8 -> 5e-2;
                    default -> 2e-3;
                };
        return difference <= PART * spread + rounding * largest;
    }

    private static Output run(OnnxSession session, int height, int width, byte[]... images) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(images.length * height * width * 3);
        for (byte[] image : images) {
            buffer.put(image);
        }
        return session.run(buffer.flip(), true, images.length, height, width, 3).get(0);
    }

    private static String firstLine(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return String.valueOf(first.getMessage()).lines().findFirst().orElse("no reason given");
    }

    private void require(boolean holds, String fault) throws InvalidModelException {
        if (!holds) {
            throw new InvalidModelException(file + ": " + fault);
        }
    }
}
