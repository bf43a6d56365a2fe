package io.resnetstreams.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Feeds damaged inputs to a target in a separate process, which native code may crash. The system properties {@code
 * fuzz.seed} and {@code fuzz.count} or {@code fuzz.minutes} choose the inputs and their number.
 *
 * <p>Input number {@code i} depends only on {@code seed + i}. Each input is written to {@code target/fuzz} before it
 * is tried, and is kept there if it shows a defect.
 */
public final class FuzzRun {
    private static final Pattern INPUTS = Pattern.compile(": (\\d+) inputs, \\d+ accepted");
    private static final Path FOLDER = Path.of("target", "fuzz");

    /** A generous limit, since an input takes milliseconds. */
    private static final Duration LONGEST_INPUT = Duration.ofSeconds(60);

    /** How much resident memory may grow after the first fifth of the inputs; the heap is fixed. */
    private static final long MOST_GROWTH_BYTES = 96L << 20;

    private static final long END_OF_PROCESS_MINUTES = 5;

    private final String name;
    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final int count = Integer.getInteger("fuzz.count", 2_000);
    private final long minutes = Long.getLong("fuzz.minutes", 0);
    private final long startNanos = System.nanoTime();
    private long residentAfterWarmUp;

    private FuzzRun(String name) {
        this.name = name;
    }

    /** Creates an input. */
    public interface Maker {
        byte[] make(SplittableRandom random);
    }

    /** Tries an input. */
    public interface Target {
        /**
         * Returns true if the input was accepted, and false if it was properly rejected.
         *
         * @throws Exception if the input shows a defect, which may also be an {@code Error}
         */
        boolean accepts(byte[] input) throws Exception;
    }

    /**
     * Starts a main class that calls {@link #run}, fails if its exit code is not 0, and returns the number of inputs.
     */
    public static int inProcessOfItsOwn(Class<?> main) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Path log = FOLDER.resolve(main.getSimpleName() + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:ErrorFile=" + FOLDER.resolve(main.getSimpleName() + "-hs_err.log"),
                "-cp",
                System.getProperty("java.class.path")));
        System.getProperties().stringPropertyNames().stream()
                .filter(property -> property.startsWith("fuzz."))
                .forEach(property -> command.add("-D" + property + "=" + System.getProperty(property)));
        command.add(main.getName());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long minutes =
                Long.getLong("fuzz.minutes", 0) + END_OF_PROCESS_MINUTES + Integer.getInteger("fuzz.count", 0) / 1_000;
        try {
            assertThat(process.waitFor(minutes, TimeUnit.MINUTES))
                    .as("exits in time; see " + log)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> told = Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("fuzz "))
                .toList();
        told.forEach(System.out::println);
        assertThat(process.exitValue())
                .as("exit code; see " + log + ": " + told)
                .isZero();
        Matcher inputs = INPUTS.matcher(String.join("\n", told));
        assertThat(inputs.find()).as("inputs; see " + log + ": " + told).isTrue();
        return Integer.parseInt(inputs.group(1));
    }

    /** Tries inputs until the number or time is reached, or an input shows a defect. */
    public static void run(String name, Maker maker, Target target) throws Exception {
        new FuzzRun(name).run(maker, target);
    }

    private void run(Maker maker, Target target) throws Exception {
        System.out.println("fuzz " + name + ": -Dfuzz.seed=" + seed);
        Files.createDirectories(FOLDER);
        ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "fuzz");
            thread.setDaemon(true);
            return thread;
        });
        int accepted = 0;
        int tried = 0;
        while (progress(tried) < 1) {
            if (residentAfterWarmUp == 0 && progress(tried) > 0.2) {
                residentAfterWarmUp = residentBytes();
            }
            if (tryOne(worker, seed + tried, maker, target)) {
                accepted++;
            }
            tried++;
        }
        long growth = residentBytes() - residentAfterWarmUp;
        System.out.printf(
                "fuzz %s: %d inputs, %d accepted, %,d ms; %,d MB resident, %+,d MB since the first fifth of them%n",
                name,
                tried,
                accepted,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                residentBytes() >> 20,
                growth >> 20);
        if (tried >= 100) {
            assertThat(accepted).as("accepted of %d, seed %d", tried, seed).isBetween(1, tried - 1);
            assertThat(growth).as("growth in bytes, seed %d", seed).isLessThan(MOST_GROWTH_BYTES);
        }
    }

    private double progress(int tried) {
        return minutes > 0
                ? (double) (System.nanoTime() - startNanos) / TimeUnit.MINUTES.toNanos(minutes)
                : (double) tried / count;
    }

    private boolean tryOne(ExecutorService worker, long inputSeed, Maker maker, Target target) throws Exception {
        byte[] input = maker.make(new SplittableRandom(inputSeed));
        Path file = FOLDER.resolve(name + "-" + inputSeed + ".bin");
        Files.write(file, input);
        try {
            boolean accepted =
                    worker.submit(() -> target.accepts(input)).get(LONGEST_INPUT.toMillis(), TimeUnit.MILLISECONDS);
            Files.delete(file);
            return accepted;
        } catch (ExecutionException | TimeoutException e) {
            System.out.println("fuzz " + name + ": defect; repeat with -Dfuzz.seed=" + inputSeed + " -Dfuzz.count=1; "
                    + file + ": " + (e.getCause() == null ? "hangs" : e.getCause()));
            throw e;
        }
    }

    /** Returns the resident memory of this process, or 0 on systems without {@code /proc}. */
    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/statm");
        return Files.exists(status) ? Long.parseLong(Files.readString(status).split(" ")[1]) * 4_096 : 0;
    }
}
