package io.resnetstreams.backfill;

import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/**
 * Selects events of a range: by time, by headers, and a sample of these. The source position alone decides whether an event is
 * in the sample, so that all processes and duplicates select the same events. Threading: immutable.
 */
public final class EventSelection {
    private final long fromMillis;
    private final long toMillis;
    private final Map<String, String> where;
    private final double sample;

    /** The end is excluded; a boundary that is not a time is ignored, since the plan has its offsets. */
    EventSelection(Boundary from, Boundary to, Map<String, String> where, double sample) {
        this.fromMillis = from.kind() == Boundary.Kind.TIME ? from.value() : Long.MIN_VALUE;
        this.toMillis = to.kind() == Boundary.Kind.TIME ? to.value() : Long.MAX_VALUE;
        this.where = Map.copyOf(where);
        this.sample = sample;
    }

    /** Returns whether an event is selected. */
    public boolean takes(SourcePosition source, Headers headers) {
        return isInTime(source.timestamp()) && isInSample(source) && hasHeaders(headers);
    }

    private boolean isInTime(long timestamp) {
        if (timestamp < 0) {
            // An event without a timestamp gets the time of its arrival in the pipeline, which is later than any end.
            return toMillis == Long.MAX_VALUE;
        }
        return timestamp >= fromMillis && timestamp < toMillis;
    }

    private boolean hasHeaders(Headers headers) {
        return where.entrySet().stream()
                .allMatch(wanted -> wanted.getValue().equals(RawEvent.headerText(headers, wanted.getKey())));
    }

    private boolean isInSample(SourcePosition source) {
        // The upper 53 bits become a double between 0 and 1.
        return sample >= 1 || (hash(source) >>> 11) * 0x1.0p-53 < sample;
    }

    private static long hash(SourcePosition source) {
        return mix(mix(mix(source.topic().hashCode()) + source.partition()) + source.offset());
    }

    /** The last step of the SplitMix64 generator by Vigna, which maps neighbouring values far apart. */
    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
