package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.DaemonThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A process of its own, with what it writes line by line, output and errors together. It ends when this is closed, or with
 * this JVM.
 *
 * <p>Threading: its owner alone calls it; a thread of its own reads the lines.
 */
public final class ChildProcess implements AutoCloseable {
    /** Belong to one process alone: agents have ports, recordings have files. */
    private static final List<String> NOT_INHERITED =
            List.of("-agentlib:", "-agentpath:", "-javaagent:", "-XX:StartFlightRecording");

    private static final String CONFIGURATION_PREFIX = "RESNET_STREAMS_";
    private static final Duration LONGEST_END = Duration.ofSeconds(60);
    /** Between the end of what a process writes and its own. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private static final int LINES_KEPT = 20;

    private final Process process;
    private final long startNanos;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread endWithThisJvm;

    private ChildProcess(Process process, long startNanos) {
        this.process = process;
        this.startNanos = startNanos;
        this.endWithThisJvm = new Thread(this::kill, "end-child");
        Runtime.getRuntime().addShutdownHook(endWithThisJvm);
        DaemonThreads.start("child-lines", this::read);
    }

    /**
     * A line.
     *
     * @param text null when there are no more, since the process has ended
     * @param nanos when it came, since the process was started
     */
    public record Line(String text, long nanos) {}

    /** Starts a command with this process's environment, but for the product's own configuration. */
    public static ChildProcess start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith(CONFIGURATION_PREFIX));
        long start = System.nanoTime();
        return new ChildProcess(builder.start(), start);
    }

    /** Returns the command for a class with {@code main}: the same Java, class path and options as this process has. */
    static List<String> java(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> NOT_INHERITED.stream().noneMatch(option::startsWith))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                lines.add(new Line(text, nanosSinceStart()));
            }
        } catch (IOException e) {
            lines.add(new Line("(no more of its lines could be read: " + e.getMessage() + ")", nanosSinceStart()));
        }
        lines.add(new Line(null, nanosSinceStart()));
    }

    long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long nanosSinceStart() {
        return System.nanoTime() - startNanos;
    }

    /**
     * Writes a line to its standard input.
     *
     * @throws IllegalStateException if it has ended; the message has its last lines
     */
    void send(String line) throws InterruptedException {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(UTF_8));
            input.flush();
        } catch (IOException e) {
            throw failed("could not be told '" + line + "'");
        }
    }

    /**
     * Waits for a line; those before it are passed over.
     *
     * @param what names it in the message
     * @throws IllegalStateException if the process ends before, or the time is up; the message has its last lines
     */
    public Line await(String what, Predicate<String> wanted, Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            Line line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw failed("did not come to " + what + " within " + longest.toSeconds() + " s");
            }
            if (line.text() == null) {
                lines.add(line);
                throw failed("ended before it came to " + what);
            }
            keep(line.text());
            if (wanted.test(line.text())) {
                return line;
            }
        }
    }

    private void keep(String text) {
        lastLines.addLast(text);
        if (lastLines.size() > LINES_KEPT) {
            lastLines.removeFirst();
        }
    }

    /** Returns an exception that says what went wrong with the process, its exit code if it has ended, and its last lines. */
    public IllegalStateException failed(String what) throws InterruptedException {
        boolean ended = process.waitFor(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        for (Line line = lines.poll(); line != null && line.text() != null; line = lines.poll()) {
            keep(line.text());
        }
        return new IllegalStateException("the process " + process.pid() + " " + what
                + (ended ? " (exit code " + process.exitValue() + ")" : "") + "; its last lines: "
                + String.join(" | ", lastLines));
    }

    /**
     * Asks it to end with SIGTERM and waits.
     *
     * @throws IllegalStateException if it doesn't end, or its exit code is not 0
     */
    public void terminate() throws InterruptedException {
        process.destroy();
        requireEnd("after SIGTERM");
    }

    /**
     * Waits for its end.
     *
     * @throws IllegalStateException if it doesn't end, or its exit code is not 0
     */
    void requireEnd(String when) throws InterruptedException {
        if (!process.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failed("still lives " + LONGEST_END.toSeconds() + " s " + when);
        }
        if (process.exitValue() != 0) {
            throw failed("did not end with 0 " + when);
        }
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithThisJvm);
        } catch (IllegalStateException e) {
            // This JVM is ending, and the hook runs.
            return;
        }
        try {
            process.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
