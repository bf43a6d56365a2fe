package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Classifies local images concurrently, so that batches fill. Outcomes are reported in the order of the images.
 *
 * <p>Threading: not thread-safe; outcomes are reported on the caller's thread.
 */
final class FilesInFlight implements AutoCloseable {
    private static final int MOST_FILES = 512;
    private static final long MOST_BYTES = 64 << 20;

    private final Function<RawEvent, CompletableFuture<Outcome>> classifier;
    private final Consumer<Classified> onOutcome;
    private final Deque<Classified> pending = new ArrayDeque<>();
    private long bytes;
    private int number;

    /** An image, numbered from 0, and its outcome. */
    record Classified(int number, SourceEvent file, CompletableFuture<Outcome> result) {
        Outcome outcome() {
            return result.join();
        }
    }

    /** Creates it with a consumer that {@link #add} and {@link #close} call. */
    FilesInFlight(Function<RawEvent, CompletableFuture<Outcome>> classifier, Consumer<Classified> onOutcome) {
        this.classifier = classifier;
        this.onOutcome = onOutcome;
    }

    /** Starts to classify an image. Waits for the oldest images while their number or total size exceeds the limit. */
    void add(SourceEvent file) {
        while (!pending.isEmpty() && (pending.size() >= MOST_FILES || bytes + file.image().length > MOST_BYTES)) {
            awaitOldest();
        }
        RecordHeaders headers = new RecordHeaders();
        String contentType = file.isReference() ? file.contentType() : "image/*";
        headers.add(EventReader.CONTENT_TYPE_HEADER, contentType.getBytes(UTF_8));
        RawEvent event = new RawEvent(new SourcePosition(file.id(), 0, 0, 0), null, file.image(), headers);
        bytes += file.image().length;
        pending.add(new Classified(number++, file, classifier.apply(event)));
        while (!pending.isEmpty() && pending.peek().result().isDone()) {
            awaitOldest();
        }
    }

    /** Waits for all images. */
    @Override
    public void close() {
        while (!pending.isEmpty()) {
            awaitOldest();
        }
    }

    private void awaitOldest() {
        Classified oldest = pending.remove();
        bytes -= oldest.file().image().length;
        oldest.result().join();
        onOutcome.accept(oldest);
    }
}
