package io.resnetstreams.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The processor time that went elsewhere during a measurement: to other processes, and to other virtual machines on the same
 * hardware ({@code steal}). Read from Linux's {@code /proc/stat} (proc_stat(5)); elsewhere, and where the process may use only some
 * of the cores, it knows nothing. Not thread-safe.
 */
final class MachineLoad {
    /** Below it are the tasks that every system has. */
    private static final double MOST_OTHERS = 0.05;

    private static final double MOST_STOLEN = 0.02;
    /** Ticks of {@code /proc/stat} in a second, on all platforms of Linux that Java supports. */
    private static final double TICKS = 100;

    private static final Path STAT = Path.of("/proc/stat");
    private static final Path OWN = Path.of("/proc/self/stat");
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Ticks begun;

    /** Seconds of processor time since the machine was started. */
    record Ticks(double total, double idle, double stolen, double own) {
        /**
         * Reads the line of all cores: user, nice, system, idle, iowait, irq, softirq, steal; and of a process its user and system
         * time, and those of its children that have ended.
         */
        static Ticks of(List<String> stat, String ownStat, double ownSeconds) {
            double[] all = Arrays.stream(stat.get(0).split(" +"))
                    .skip(1)
                    .limit(8)
                    .mapToDouble(ticks -> Double.parseDouble(ticks) / TICKS)
                    .toArray();
            // The name of the program, in parentheses, may contain blanks.
            String[] own = ownStat.substring(ownStat.lastIndexOf(')') + 2).split(" ");
            double children = (Double.parseDouble(own[13]) + Double.parseDouble(own[14])) / TICKS;
            return new Ticks(Arrays.stream(all).sum(), all[3] + all[4], all[7], ownSeconds + children);
        }

        static long cores(List<String> stat) {
            return stat.stream().filter(line -> line.matches("cpu\\d+ .*")).count();
        }
    }

    private MachineLoad(Ticks begun) {
        this.begun = begun;
    }

    static MachineLoad begin() {
        return new MachineLoad(now());
    }

    private static Ticks now() {
        try {
            List<String> stat = Files.readAllLines(STAT);
            return Ticks.cores(stat) == Runtime.getRuntime().availableProcessors()
                    ? Ticks.of(stat, Files.readString(OWN), PROCESS.getProcessCpuTime() / 1e9)
                    : null;
        } catch (IOException e) {
            // Not Linux.
            return null;
        }
    }

    /** Marks figures as disturbed if too much time went elsewhere since the beginning. */
    void end(Map<String, Object> figures) {
        Ticks now = now();
        if (begun != null && now != null) {
            mark(begun, now, figures);
        }
    }

    static void mark(Ticks begun, Ticks now, Map<String, Object> figures) {
        double total = now.total - begun.total;
        double stolen = now.stolen - begun.stolen;
        double others = total - (now.idle - begun.idle) - stolen - (now.own - begun.own);
        if (others > MOST_OTHERS * total || stolen > MOST_STOLEN * total) {
            Disturbance.mark(
                    figures,
                    String.format(
                            Locale.ROOT,
                            "other processes took %.0f %% of the cores, and other virtual machines %.0f %%; measure again",
                            100 * Math.max(0, others) / total,
                            100 * stolen / total));
        }
    }
}
