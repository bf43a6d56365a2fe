package io.resnetstreams.inference.engine;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.inference.engine.PixelPacker.PixelBatch;
import io.resnetstreams.model.Classifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Packs a batch and runs it. Used by one worker thread. */
final class DjlClassifier implements Classifier {
    private static final String OUT_OF_MEMORY = "out of memory";

    private final Predictor<PixelBatch, NDArray> predictor;
    private final PixelPacker packer;
    private final AtomicInteger openResults = new AtomicInteger();
    /** Closed after the predictor; null if another owner closes it. */
    private Model model;

    DjlClassifier(Predictor<PixelBatch, NDArray> predictor, int imageBytes) {
        this.predictor = predictor;
        this.packer = new PixelPacker(imageBytes);
    }

    /** Lets {@link #close} also close the model. */
    Classifier closingAlso(Model ownModel) {
        model = ownModel;
        return this;
    }

    @Override
    public float[][] classify(List<byte[]> images) {
        return begin(images).get();
    }

    /** The engine has its own queue: {@code predict} returns immediately, and reading the result waits. */
    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        NDArray probabilities = translated(() -> predictor.predict(packer.pack(images)));
        openResults.incrementAndGet();
        return () -> translated(() -> {
            try (probabilities) {
                return rows(probabilities);
            } finally {
                openResults.decrementAndGet();
            }
        });
    }

    /** Returns the number of results that are not read yet; the engine's managers don't count them. Thread-safe. */
    int openResults() {
        return openResults.get();
    }

    private static <T> T translated(Callable<T> step) {
        try {
            return step.call();
        } catch (Exception e) {
            Throwable cause = e instanceof TranslateException && e.getCause() != null ? e.getCause() : e;
            String message = String.valueOf(cause.getMessage());
            if (message.contains(OUT_OF_MEMORY)) {
                throw new OutOfDeviceMemoryException(message, cause);
            }
            throw new IllegalStateException(message.lines().findFirst().orElse("no reason given"), cause);
        }
    }

    private static float[][] rows(NDArray probabilities) {
        int size = Math.toIntExact(probabilities.getShape().get(0));
        float[] values = probabilities.toFloatArray();
        int classes = values.length / size;
        float[][] rows = new float[size][];
        for (int row = 0; row < size; row++) {
            rows[row] = Arrays.copyOfRange(values, row * classes, (row + 1) * classes);
        }
        return rows;
    }

    @Override
    public void close() {
        predictor.close();
        if (model != null) {
            model.close();
        }
    }

    /** Converts pixels to an array, and returns the output; normalisation and softmax are part of the network. */
    record PixelTranslator(Preprocessing input) implements NoBatchifyTranslator<PixelBatch, NDArray> {
        @Override
        public NDList processInput(TranslatorContext context, PixelBatch batch) {
            Shape shape = new Shape(batch.size(), input.height(), input.width(), 3);
            return new NDList(context.getNDManager().create(batch.pixels(), shape, DataType.UINT8));
        }

        @Override
        public NDArray processOutput(TranslatorContext context, NDList outputs) {
            NDArray probabilities = outputs.singletonOrThrow();
            // It is read and closed after the context has ended.
            probabilities.detach();
            return probabilities;
        }
    }
}
