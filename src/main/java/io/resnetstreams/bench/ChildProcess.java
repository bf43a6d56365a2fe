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
 * A child process and the lines of its standard output and standard error. It is killed by {@link #close} or when this JVM
 * exits.
 *
 * <p>Threading: not thread-safe; an internal thread reads the lines.
 */
public final class ChildProcess implements AutoCloseable {
    /** Options that processes can't share, because agents use ports and recordings use files. */
    private static final List<String> NOT_INHERITED =
            List.of("-agentlib:", "-agentpath:", "-javaagent:", "-XX:StartFlightRecording");

    private static final String CONFIGURATION_PREFIX = "RESNET_STREAMS_";
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(60);
    /** The maximum time between the end of the output and the exit of a process. */
    private static final Duration EXIT_DELAY = Duration.ofSeconds(1);

    private static final int LINES_KEPT = 20;

    private final Process process;
    private final long startNanos;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread shutdownHook;

    private ChildProcess(Process process, long startNanos) {
        this.process = process;
        this.startNanos = startNanos;
        this.shutdownHook = new Thread(this::kill, "end-child");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        DaemonThreads.start("child-lines", this::read);
    }

    /**
     * A line of output.
     *
     * @param text null at the end of the output
     * @param nanos time since the start of the process
     */
    public record Line(String text, long nanos) {}

    /** Starts a command with this process's environment, except for the pipeline's configuration. */
    public static ChildProcess start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith(CONFIGURATION_PREFIX));
        long start = System.nanoTime();
        return new ChildProcess(builder.start(), start);
    }

    /** Returns the command that runs a class's {@code main} with the Java, class path and options of this process. */
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
            lines.add(new Line("(its output could not be read: " + e.getMessage() + ")", nanosSinceStart()));
        }
        lines.add(new Line(null, nanosSinceStart()));
    }

    long pid() {
        return process.pid();
    }

    /** Returns whether the process is running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the time since the start of the process. */
    public long nanosSinceStart() {
        return System.nanoTime() - startNanos;
    }

    /**
     * Writes a line to the standard input of the process.
     *
     * @throws IllegalStateException if the process has exited; the message has its last lines
     */
    void send(String line) throws InterruptedException {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(UTF_8));
            input.flush();
        } catch (IOException e) {
            throw failed("did not read '" + line + "'");
        }
    }

    /**
     * Waits for a line and skips the lines before it.
     *
     * @param what the event to name in the message
     * @throws IllegalStateException if the process exits first, or the timeout expires; the message has its last lines
     */
    public Line await(String what, Predicate<String> wanted, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Line line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw failed("did not reach " + what + " within " + timeout.toSeconds() + " s");
            }
            if (line.text() == null) {
                lines.add(line);
                throw failed("exited before " + what);
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

    /** Returns an exception with what failed, the exit code if the process has exited, and its last lines. */
    public IllegalStateException failed(String what) throws InterruptedException {
        boolean exited = process.waitFor(EXIT_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        for (Line line = lines.poll(); line != null && line.text() != null; line = lines.poll()) {
            keep(line.text());
        }
        return new IllegalStateException("process " + process.pid() + " " + what
                + (exited ? " (exit code " + process.exitValue() + ")" : "") + "; its last lines: "
                + String.join(" | ", lastLines));
    }

    /**
     * Sends SIGTERM and waits for the exit.
     *
     * @throws IllegalStateException if the process does not exit, or its exit code is not 0
     */
    public void terminate() throws InterruptedException {
        process.destroy();
        requireExit("after SIGTERM");
    }

    /**
     * Waits for the exit.
     *
     * @throws IllegalStateException if the process does not exit, or its exit code is not 0
     */
    void requireExit(String when) throws InterruptedException {
        if (!process.waitFor(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failed("was still running " + EXIT_TIMEOUT.toSeconds() + " s " + when);
        }
        if (process.exitValue() != 0) {
            throw failed("did not exit with code 0 " + when);
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
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // This JVM is shutting down, and the hook runs.
            return;
        }
        try {
            process.waitFor(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
