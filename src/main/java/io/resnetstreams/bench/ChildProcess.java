package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.DaemonThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A child process and the lines of its standard output and standard error. It is killed by {@link #close} or when
 * this JVM exits. Threading: not thread-safe; an internal thread reads the lines.
 */
final class ChildProcess implements AutoCloseable {
    /** Options that processes can't share, because agents use ports and recordings use files. */
    private static final List<String> NOT_INHERITED =
            List.of("-agentlib:", "-agentpath:", "-javaagent:", "-XX:StartFlightRecording");

    private static final String CONFIGURATION_PREFIX = "RESNET_STREAMS_";
    private static final int EXIT_SECONDS = 60;
    /** The maximum time between the end of the output and the exit of a process. */
    private static final int EXIT_DELAY_SECONDS = 1;

    private static final int LINES_KEPT = 20;

    private final Process process;
    private final long startNanos = System.nanoTime();
    /** The lines that were not awaited yet; empty at the end of the output. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread shutdownHook = new Thread(this::kill, "end-child");

    private ChildProcess(ProcessBuilder builder) throws IOException {
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        DaemonThreads.start("child-lines", this::read);
    }

    /** Starts a command with this process's environment, except for the pipeline's configuration. */
    static ChildProcess start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith(CONFIGURATION_PREFIX));
        return new ChildProcess(builder);
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
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(Optional.of(line));
            }
        } catch (IOException e) {
            lines.add(Optional.of("(its output could not be read: " + e.getMessage() + ")"));
        }
        lines.add(Optional.empty());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long nanosSinceStart() {
        return System.nanoTime() - startNanos;
    }

    /** Writes a line to the standard input; throws as {@link #failed} says if the process has exited. */
    void send(String line) throws InterruptedException {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(UTF_8));
            input.flush();
        } catch (IOException e) {
            throw failed("did not read '" + line + "'");
        }
    }

    /** Waits for a line and skips those before it; throws as {@link #failed} says if the process exits or the time is up. */
    String await(String what, Predicate<String> wanted, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<String> line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw failed("did not reach " + what + " within " + timeout.toSeconds() + " s");
            }
            if (line.isEmpty()) {
                lines.add(line);
                throw failed("exited before " + what);
            }
            keep(line.get());
            if (wanted.test(line.get())) {
                return line.get();
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
    IllegalStateException failed(String what) throws InterruptedException {
        boolean exited = process.waitFor(EXIT_DELAY_SECONDS, TimeUnit.SECONDS);
        List<Optional<String>> rest = new ArrayList<>();
        lines.drainTo(rest);
        rest.stream().flatMap(Optional::stream).forEach(this::keep);
        return new IllegalStateException("process " + process.pid() + " " + what
                + (exited ? " (exit code " + process.exitValue() + ")" : "") + "; its last lines: "
                + String.join(" | ", lastLines));
    }

    /** Sends SIGTERM and waits for the exit with code 0; throws as {@link #failed} says. */
    void terminate() throws InterruptedException {
        process.destroy();
        requireExit("after SIGTERM");
    }

    /** Closes the standard input and waits for the exit with code 0; throws as {@link #failed} says. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        requireExit("after the end of its input");
    }

    private void requireExit(String when) throws InterruptedException {
        if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
            throw failed("was still running " + EXIT_SECONDS + " s " + when);
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
            process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
