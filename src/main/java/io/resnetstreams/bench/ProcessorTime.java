package io.resnetstreams.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The processor time of the threads that were started after an instance was created: those of a candidate, without the broker,
 * the reader, the compiler and the garbage collector. It depends less on other load on the machine than a rate. Not thread-safe.
 */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    /** The roles of threads by a part of their names. A producer's thread has its stream thread's name in its own. */
    private static final List<Map.Entry<String, String>> ROLES = List.of(
            Map.entry("kafka-producer-network-thread", "producer"),
            Map.entry("-StreamThread-", "stream"),
            Map.entry("decode-", "decode"),
            Map.entry("device-", "device"));

    private final Set<Long> others =
            Arrays.stream(THREADS.getAllThreadIds()).boxed().collect(Collectors.toSet());
    private Map<Long, Long> begun = Map.of();
    private long processBegun;
    private final Map<String, Double> microsByRole = new TreeMap<>();
    private double processMicros = Double.NaN;

    /** Returns nanoseconds by thread. */
    private Map<Long, Long> nanos() {
        Map<Long, Long> nanos = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            // It is -1 for a thread that has ended.
            long time = others.contains(id) ? -1 : THREADS.getThreadCpuTime(id);
            if (time > 0) {
                nanos.put(id, time);
            }
        }
        return nanos;
    }

    /** Starts the measurement, or starts it again. */
    void begin() {
        begun = nanos();
        processBegun = PROCESS.getProcessCpuTime();
    }

    /** Ends the measurement, in which this many records were processed. */
    void end(long records) {
        processMicros = (PROCESS.getProcessCpuTime() - processBegun) / 1e3 / records;
        microsByRole.clear();
        nanos().forEach((id, time) -> {
            ThreadInfo thread = THREADS.getThreadInfo(id);
            String role = thread == null ? "other" : role(thread.getThreadName());
            microsByRole.merge(role, (time - begun.getOrDefault(id, 0L)) / 1e3 / records, Double::sum);
        });
    }

    private static String role(String thread) {
        return ROLES.stream()
                .filter(role -> thread.contains(role.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("other");
    }

    /** Returns microseconds of processor time for a record; NaN before the end. */
    double microsPerRecord() {
        return microsByRole.isEmpty()
                ? Double.NaN
                : microsByRole.values().stream().mapToDouble(micros -> micros).sum();
    }

    /** Returns the same by the role of the threads: {@code stream}, {@code producer}, {@code decode}, {@code device}, {@code other}. */
    Map<String, Double> microsByRole() {
        return Map.copyOf(microsByRole);
    }

    /** Returns microseconds of the whole process for a record, with broker, reader and compiler; NaN before the end. */
    double processMicrosPerRecord() {
        return processMicros;
    }
}
