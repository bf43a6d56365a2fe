package io.resnetstreams.fetch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps measurements as text. Thread-safe. */
final class RecordedFetches implements FetchMetrics {
    private final List<String> events = new CopyOnWriteArrayList<>();

    List<String> events() {
        return events;
    }

    long count(String event) {
        return events.stream().filter(event::equals).count();
    }

    @Override
    public void begun() {
        events.add("begun");
    }

    @Override
    public void ended() {
        events.add("ended");
    }

    @Override
    public void fetched(String scheme, long nanos, long bytes) {
        events.add("fetched " + scheme + " " + bytes);
    }

    @Override
    public void failed(String code) {
        events.add("failed " + code);
    }

    @Override
    public void retried(String scheme) {
        events.add("retried " + scheme);
    }
}
