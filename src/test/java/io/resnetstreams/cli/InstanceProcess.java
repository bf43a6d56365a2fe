package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A pipeline in a process of its own, as a user starts it, with its log under {@code target/it-logs}. */
final class InstanceProcess {
    private static final Path LOGS = Path.of("target", "it-logs");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Process process;
    private final Path log;

    private InstanceProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code resnet-streams run}. */
    static InstanceProcess run(String bootstrap, String... settings) {
        List<String> command = java("-jar", "target/resnet-streams.jar", "run", "--bootstrap", bootstrap);
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        return start(command);
    }

    /** Starts any command. */
    static InstanceProcess command(List<String> words) {
        List<String> command = java("-jar", "target/resnet-streams.jar");
        command.addAll(words);
        return start(command);
    }

    /** Starts a main class of the tests, with the product on its class path. */
    static InstanceProcess main(Class<?> main, String... arguments) {
        return main("-Xmx512m", main, arguments);
    }

    /** The same with another heap, as Java's option says it. */
    static InstanceProcess main(String heap, Class<?> main, String... arguments) {
        String classPath = String.join(":", "target/test-classes", "target/classes", "target/lib/*");
        List<String> command = java(heap, "-cp", classPath, main.getName());
        command.addAll(List.of(arguments));
        return start(command);
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=256m",
                "-Dai.djl.mxnet.static_shape=false"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static InstanceProcess start(List<String> command) {
        try {
            Files.createDirectories(LOGS);
            Path log =
                    LOGS.resolve("instance-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "OMP_NUM_THREADS", "1", "MXNET_CPU_WORKER_NTHREADS", "2", "OPT_OUT_TRACKING", "true"));
            return new InstanceProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until Kafka Streams has partitions. */
    InstanceProcess awaitRunning() {
        await().atMost(Duration.ofSeconds(90))
                .failFast("the instance ended; see " + log, () -> !process.isAlive())
                .until(() -> log().contains("-> RUNNING"));
        return this;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM, then the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still alive 60 s after SIGTERM: " + log());
        }
        return process.exitValue();
    }

    /** Waits for a command's own end and returns its exit code. */
    int awaitEnd(Duration most) throws InterruptedException {
        if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("did not end within " + most + ": " + log());
        }
        return process.exitValue();
    }

    void killIfAlive() {
        process.destroyForcibly();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
