package io.resnetstreams.inference.batch;

import java.util.concurrent.TimeUnit;

/**
 * When a free device takes a batch: at once with whatever is queued, up to {@code maxSize}; or, with a delay, when the
 * batch is full or its oldest image has waited that long. It decides and holds no state.
 */
public record BatchPolicy(int maxSize, long maxDelayMillis) {
    public static final int LARGEST_SIZE = 1_024;
    public static final long LONGEST_DELAY_MILLIS = 10_000;

    public BatchPolicy {
        if (maxSize < 1 || maxSize > LARGEST_SIZE) {
            throw new IllegalArgumentException("maxSize is " + maxSize + "; allowed are 1 to " + LARGEST_SIZE);
        }
        if (maxDelayMillis < 0 || maxDelayMillis > LONGEST_DELAY_MILLIS) {
            throw new IllegalArgumentException(
                    "maxDelayMillis is " + maxDelayMillis + "; allowed are 0 to " + LONGEST_DELAY_MILLIS);
        }
    }

    /** Why a batch was closed and sent to the device. */
    public enum ClosedBy {
        /** The device was free and nothing more was queued. */
        DEVICE_FREE,
        /** It had reached the largest size. */
        FULL,
        /** Its oldest image had waited for the longest delay. */
        DELAY,
        /** The batcher is closing. */
        DRAIN
    }

    /**
     * Says whether a batch is due now.
     *
     * @param queued how many images wait, at least 1
     * @param ceiling the largest batch at present, at most {@code maxSize}
     * @param oldestWaitNanos how long the first of them has waited
     * @return why it is due, or null where the device should wait for more
     */
    public ClosedBy due(int queued, int ceiling, long oldestWaitNanos, boolean draining) {
        if (queued >= ceiling) {
            return ClosedBy.FULL;
        }
        if (draining) {
            return ClosedBy.DRAIN;
        }
        if (maxDelayMillis == 0) {
            return ClosedBy.DEVICE_FREE;
        }
        return oldestWaitNanos >= maxDelayNanos() ? ClosedBy.DELAY : null;
    }

    /** Returns how long to wait for more images before the oldest one, which has waited for so long, is due. */
    public long remainingNanos(long oldestWaitNanos) {
        return Math.max(0, maxDelayNanos() - oldestWaitNanos);
    }

    private long maxDelayNanos() {
        return TimeUnit.MILLISECONDS.toNanos(maxDelayMillis);
    }
}
