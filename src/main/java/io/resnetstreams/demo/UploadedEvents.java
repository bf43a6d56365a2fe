package io.resnetstreams.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.common.Digests;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.fetch.ImageUploads;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Events that refer to their images, which are uploaded, several at a time, when the events are iterated over for the first time.
 * Used by one thread; an iterator throws a {@link UserErrorException} if an image can't be uploaded.
 */
public final class UploadedEvents implements Iterable<SourceEvent>, AutoCloseable {
    private static final int THREADS = 8;
    private static final int AHEAD = 2 * THREADS;
    private static final JsonMapper JSON = new JsonMapper();

    private final EventSource source;
    private final ImageUploads uploads;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, DaemonThreads.numbered("upload-"));
    private final List<SourceEvent> uploaded = new ArrayList<>();

    /** Takes over the uploads. */
    public UploadedEvents(EventSource source, ImageUploads uploads) {
        this.source = source;
        this.uploads = uploads;
    }

    @Override
    public Iterator<SourceEvent> iterator() {
        if (uploaded.size() == source.size()) {
            return uploaded.iterator();
        }
        uploaded.clear();
        Iterator<SourceEvent> events = source.iterator();
        Deque<CompletableFuture<SourceEvent>> begun = new ArrayDeque<>();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !begun.isEmpty() || events.hasNext();
            }

            @Override
            public SourceEvent next() {
                while (begun.size() < AHEAD && events.hasNext()) {
                    SourceEvent event = events.next();
                    begun.add(CompletableFuture.supplyAsync(() -> upload(event), threads));
                }
                uploaded.add(await(begun.remove()));
                return uploaded.get(uploaded.size() - 1);
            }
        };
    }

    private static SourceEvent await(CompletableFuture<SourceEvent> event) {
        try {
            return event.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UserErrorException error ? error : e;
        }
    }

    private SourceEvent upload(SourceEvent event) {
        if (event.isReference()) {
            return event;
        }
        try {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", event.id());
            json.putObject("image")
                    .put("uri", uploads.put(event.id(), event.image()))
                    .put("sha256", HexFormat.of().formatHex(Digests.sha256().digest(event.image())))
                    .put("size", event.image().length);
            return new SourceEvent(event.id(), JSON.writeValueAsBytes(json), "application/json");
        } catch (IOException e) {
            throw UserErrorException.shortfall(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        uploads.close();
    }
}
