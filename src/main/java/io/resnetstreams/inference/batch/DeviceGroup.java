package io.resnetstreams.inference.batch;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The devices of an instance. Each image goes to the device with the lowest load. When a device fails, its images go to
 * the others; when the last one fails, its images fail, and the instance ends. Thread-safe.
 */
public final class DeviceGroup implements AutoCloseable {
    private final List<Batcher> batchers;

    /** Takes over the batchers: they are closed with the group. */
    public DeviceGroup(List<Batcher> batchers) {
        this.batchers = List.copyOf(batchers);
        this.batchers.forEach(batcher -> batcher.onFailure(this::redistribute));
    }

    /** Queues an image; see {@link Batcher#submit}. */
    public void submit(byte[] pixels, CompletableFuture<float[]> probabilities) {
        // If all devices have failed, the first one fails the image with its own failure.
        leastLoaded().orElse(batchers.get(0)).submit(pixels, probabilities);
    }

    private void redistribute(Collection<PendingImage> images, DeviceFailedException failure) {
        for (PendingImage image : images) {
            leastLoaded().ifPresentOrElse(batcher -> batcher.submit(image), () -> image.probabilities()
                    .completeExceptionally(failure));
        }
    }

    private Optional<Batcher> leastLoaded() {
        Batcher least = null;
        for (Batcher batcher : batchers) {
            if (!batcher.hasFailed() && (least == null || batcher.load() < least.load())) {
                least = batcher;
            }
        }
        return Optional.ofNullable(least);
    }

    /** Returns the number of images that keep all workers of the devices busy. */
    public int capacity() {
        return batchers.stream().mapToInt(Batcher::capacity).sum();
    }

    @Override
    public void close() {
        batchers.forEach(Batcher::close);
    }
}
