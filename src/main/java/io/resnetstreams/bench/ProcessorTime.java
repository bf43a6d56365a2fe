package io.resnetstreams.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The processor time of the threads that were started after an instance was created: those of a candidate, without the broker,
 * the reader, the compiler and the garbage collector. It depends less on other load on the machine than a rate. Not thread-safe.
 */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Set<Long> others =
            Arrays.stream(THREADS.getAllThreadIds()).boxed().collect(Collectors.toSet());
    private long begun;
    private double microsPerRecord = Double.NaN;

    private long nanos() {
        return Arrays.stream(THREADS.getAllThreadIds())
                .filter(id -> !others.contains(id))
                .map(THREADS::getThreadCpuTime)
                // It is -1 for a thread that has ended.
                .filter(time -> time > 0)
                .sum();
    }

    /** Starts the measurement, or starts it again. */
    void begin() {
        begun = nanos();
    }

    /** Ends the measurement, in which this many records were processed. */
    void end(long records) {
        microsPerRecord = (nanos() - begun) / 1e3 / records;
    }

    /** Returns microseconds of processor time for a record; NaN before the end. */
    double microsPerRecord() {
        return microsPerRecord;
    }
}
