package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.util.function.Supplier;

/** A store that is created at the first request: its client's classes take a second to load. Thread-safe. */
final class LazyStore implements Store {
    private final Supplier<Store> creation;
    private Store store;
    private boolean isClosed;

    LazyStore(Supplier<Store> creation) {
        this.creation = creation;
    }

    @Override
    public Body open(UriParts uri, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException {
        return store().open(uri, attempt);
    }

    private synchronized Store store() throws IOException {
        if (isClosed) {
            throw new IOException("closed");
        }
        if (store == null) {
            store = creation.get();
        }
        return store;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (store != null) {
            store.close();
        }
    }
}
