package io.resnetstreams.topology;

import io.resnetstreams.events.RawEvent;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * What makes a pipeline a bounded replay: the end of each partition, the selection of events, pauses, and a mark on the
 * outcomes. By default, nothing differs from a live pipeline. Called concurrently by the stream threads.
 */
public interface Replay {
    /** A live pipeline: every event, without an end and without a mark. */
    Replay NONE = new Replay() {};

    /** Returns the first offset of a partition that is not consumed, 0 if none is consumed. It never changes. */
    default long end(TopicPartition partition) {
        return Long.MAX_VALUE;
    }

    /** Returns whether to pause consumption. Called before each poll, so it must not block. */
    default boolean isPaused() {
        return false;
    }

    /** Returns whether an event gets an outcome; other events are skipped. Called once each time an event is consumed. */
    default boolean takes(RawEvent event) {
        return true;
    }

    /** Returns a copy of an outcome's headers with the replay's mark added, or the same headers if there is no mark. */
    default Headers marked(Headers headers) {
        return headers;
    }
}
