package io.resnetstreams.inference.batch;

import io.resnetstreams.common.Ranges;
import java.util.concurrent.TimeUnit;

/**
 * Decides when an idle device takes a batch: immediately with the queued images, up to {@code maxSize}; or, with a delay, when
 * the batch is full or its oldest image has waited that long. Stateless.
 */
public record BatchPolicy(int maxSize, long maxDelayMillis) {
    /** The largest maximum size, in images. */
    public static final int LARGEST_SIZE = 1_024;
    /** The longest maximum delay, in milliseconds. */
    public static final long LONGEST_DELAY_MILLIS = 10_000;

    public BatchPolicy {
        Ranges.require("maxSize", maxSize, 1, LARGEST_SIZE);
        Ranges.require("maxDelayMillis", maxDelayMillis, 0, LONGEST_DELAY_MILLIS);
    }

    /** Why a batch was closed and sent to the device. */
    public enum ClosedBy {
        /** The device was idle and no more images were queued. */
        DEVICE_FREE,
        /** It had reached the maximum size. */
        FULL,
        /** Its oldest image had waited for the maximum delay. */
        DELAY,
        /** The batcher is closing. */
        DRAIN
    }

    /**
     * Returns why a batch is due now, or null if the device should wait for more images.
     *
     * @param queued the number of queued images, at least 1
     * @param ceiling the current maximum batch size, at most {@code maxSize}
     */
    ClosedBy due(int queued, int ceiling, long oldestWaitNanos, boolean draining) {
        if (queued >= ceiling) {
            return ClosedBy.FULL;
        }
        if (draining) {
            return ClosedBy.DRAIN;
        }
        if (maxDelayMillis == 0) {
            return ClosedBy.DEVICE_FREE;
        }
        return remainingNanos(oldestWaitNanos) == 0 ? ClosedBy.DELAY : null;
    }

    /** Returns how long to wait for more images, given how long the oldest one has waited. */
    long remainingNanos(long oldestWaitNanos) {
        return Math.max(0, TimeUnit.MILLISECONDS.toNanos(maxDelayMillis) - oldestWaitNanos);
    }
}
