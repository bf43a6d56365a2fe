package io.resnetstreams.inference.batch;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The devices of an instance. An image goes to the one with the least to do. What a device had when it failed goes to the
 * others; when the last one fails, its images fail, and with them the instance.
 *
 * <p>Threading: any.
 */
public final class DeviceGroup implements AutoCloseable {
    private final List<Batcher> batchers;

    /** Takes over the batchers: they are closed with the group. */
    public DeviceGroup(List<Batcher> batchers) {
        this.batchers = List.copyOf(batchers);
        this.batchers.forEach(batcher -> batcher.bequeathTo(this::takeOver));
    }

    /** Queues an image; see {@link Batcher#submit}. */
    public void submit(byte[] pixels, CompletableFuture<float[]> probabilities) {
        // If all have failed, any of them knows why.
        leastLoaded().orElse(batchers.get(0)).submit(pixels, probabilities);
    }

    private void takeOver(Collection<PendingImage> images, DeviceFailedException failure) {
        for (PendingImage image : images) {
            leastLoaded().ifPresentOrElse(batcher -> batcher.submit(image), () -> image.probabilities()
                    .completeExceptionally(failure));
        }
    }

    private Optional<Batcher> leastLoaded() {
        Batcher best = null;
        for (Batcher batcher : batchers) {
            if (!batcher.hasFailed() && (best == null || batcher.load() < best.load())) {
                best = batcher;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Returns how many images the devices should have at present for none of their workers to wait. */
    public int room() {
        int room = 0;
        for (Batcher batcher : batchers) {
            room += batcher.room();
        }
        return room;
    }

    @Override
    public void close() {
        batchers.forEach(Batcher::close);
    }
}
