package io.resnetstreams.topology;

import io.resnetstreams.events.RawEvent;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/**
 * What a bounded replay asks of the pipeline: where each partition ends, which events it is about, when to wait, and a mark
 * on its outcomes. A live pipeline asks for nothing of it.
 *
 * <p>Threading: called from the stream threads, at once where there are several.
 */
public interface Replay {
    /** Every event, for ever, without a mark. */
    Replay NONE = new Replay() {};

    /**
     * Returns the first offset of a partition that is not consumed; 0 where nothing of the partition is. It never changes.
     */
    default long end(TopicPartition partition) {
        return Long.MAX_VALUE;
    }

    /** Returns whether nothing more should be consumed for now. Asked before each poll, so it must answer at once. */
    default boolean isPaused() {
        return false;
    }

    /** Returns whether an event gets an outcome; others are consumed and passed over. Asked once for each consumption. */
    default boolean takes(RawEvent event) {
        return true;
    }

    /** Returns the headers of an outcome with the replay's mark, as new headers; or these as they are. */
    default Headers marked(Headers headers) {
        return headers;
    }
}
