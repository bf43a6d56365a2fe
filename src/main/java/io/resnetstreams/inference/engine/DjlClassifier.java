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
import io.resnetstreams.inference.batch.DeviceThreads;
import io.resnetstreams.inference.batch.OutOfDeviceMemoryException;
import io.resnetstreams.inference.engine.PixelPacker.PixelBatch;
import io.resnetstreams.model.Classifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Packs a batch and runs it. Used by one worker thread. An engine without a queue of its own computes on a thread of this
 * classifier, so that {@link #begin} returns immediately.
 */
final class DjlClassifier implements Classifier {
    private static final AtomicInteger THREADS = new AtomicInteger();

    private final Predictor<PixelBatch, NDArray> predictor;
    /** Two, since an engine may read a buffer while the next batch is packed. */
    private final PixelPacker[] packers;

    private final int embeddingLength;
    private final Predicate<String> isOutOfMemory;
    private final AtomicInteger openResults = new AtomicInteger();
    /** Null if the engine has a queue. */
    private final ExecutorService computing;

    /** The thread of {@link #computing}; null before its first batch. */
    private Thread thread;

    private int batches;
    private boolean closed;
    /** Closed after the predictor; null if another owner closes it. */
    private Model model;

    DjlClassifier(
            Predictor<PixelBatch, NDArray> predictor, int imageBytes, int embeddingLength, InferenceEngine engine) {
        this.predictor = predictor;
        this.packers = new PixelPacker[] {new PixelPacker(imageBytes), new PixelPacker(imageBytes)};
        this.embeddingLength = embeddingLength;
        this.isOutOfMemory = engine::isOutOfMemory;
        this.computing = engine.hasQueue() ? null : Executors.newSingleThreadExecutor(this::thread);
    }

    private Thread thread(Runnable work) {
        thread = DeviceThreads.create("engine-" + THREADS.getAndIncrement(), work);
        return thread;
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

    @Override
    public Supplier<float[][]> begin(List<byte[]> images) {
        if (closed) {
            throw new IllegalStateException("the classifier is closed");
        }
        PixelBatch batch = packers[batches++ % packers.length].pack(images);
        Callable<NDArray> prediction = started(batch);
        openResults.incrementAndGet();
        return () -> translated(() -> {
            try (NDArray probabilities = prediction.call()) {
                return rows(probabilities);
            } finally {
                openResults.decrementAndGet();
            }
        });
    }

    /** Starts to compute a batch; the returned call waits for the result. */
    private Callable<NDArray> started(PixelBatch batch) {
        if (computing == null) {
            NDArray probabilities = translated(() -> predictor.predict(batch));
            return () -> probabilities;
        }
        Future<NDArray> probabilities = computing.submit(() -> predictor.predict(batch));
        return () -> {
            try {
                return probabilities.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the device computes", e);
            }
        };
    }

    /** Returns the number of results that are not read yet; the engine's managers don't count them. Thread-safe. */
    int openResults() {
        return openResults.get();
    }

    private <T> T translated(Callable<T> step) {
        try {
            return step.call();
        } catch (Exception e) {
            Throwable cause = e instanceof TranslateException && e.getCause() != null ? e.getCause() : e;
            String message = String.valueOf(cause.getMessage());
            if (isOutOfMemory.test(message)) {
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
    public int embeddingLength() {
        return embeddingLength;
    }

    /** Waits until a batch that still runs is computed: its memory must not be freed before. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (computing != null) {
            computing.shutdown();
            awaitEndOfThread();
        }
        predictor.close();
        if (model != null) {
            model.close();
        }
    }

    private void awaitEndOfThread() {
        boolean interrupted = Thread.interrupted();
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
