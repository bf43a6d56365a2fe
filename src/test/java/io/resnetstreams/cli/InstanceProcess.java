package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** A process of the product, started as a user starts it, with its log under {@code target/it-logs}. */
public final class InstanceProcess {
    private static final Path LOGS = Path.of("target", "it-logs");
    /** Java's report of a crash, by process id. */
    private static final String CRASH = "hs_err_pid%s.log";

    private static final Pattern METRICS_ADDRESS = Pattern.compile("Metrics at http://(\\S+)/metrics");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("OMP_NUM_THREADS", "1", "MXNET_CPU_WORKER_NTHREADS", "2", "OPT_OUT_TRACKING", "true");
    /** For short-lived processes: no optimising compiler, as in the launcher. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    private static final String HEAP = "-Xmx512m";
    private static final String PRODUCT = "target/resnet-streams.jar";

    /** On a busy machine the broker may exceed the default timeout. Later settings override this one. */
    static final List<String> PATIENT = List.of("--set", "brokerTimeoutMillis=120000");
    /** The same for closing the pipeline. */
    private static final List<String> PATIENT_END = List.of("--set", "shutdownTimeoutMillis=50000");

    private static final Duration LONGEST_START = Duration.ofSeconds(300);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Process process;
    private final Path log;

    private InstanceProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code resnet-streams run}. */
    public static InstanceProcess run(String bootstrap, String... settings) {
        return run(Map.of(), bootstrap, settings);
    }

    /** Starts {@code resnet-streams run} with further environment variables. */
    public static InstanceProcess run(Map<String, String> environment, String bootstrap, String... settings) {
        List<String> command = product(HEAP, List.of("run", "--bootstrap", bootstrap));
        command.addAll(PATIENT);
        command.addAll(PATIENT_END);
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        Map<String, String> all = new HashMap<>(ENVIRONMENT);
        all.putAll(environment);
        return start(command, all);
    }

    /** Starts {@code run} of another build in its own folder. */
    static InstanceProcess run(OtherBuild build, String bootstrap, String... settings) {
        List<String> command = java(QUICK, "-jar", build.jar().toString(), "run", "--bootstrap", bootstrap);
        for (String setting : settings) {
            command.add("--set");
            command.add(setting);
        }
        return start(command, ENVIRONMENT, build.home());
    }

    /** Starts any command. */
    public static InstanceProcess command(List<String> words) {
        return start(product(HEAP, words), ENVIRONMENT);
    }

    /** Starts any command with further environment variables. */
    static InstanceProcess command(Map<String, String> environment, List<String> words) {
        List<String> command = product(HEAP, words);
        Map<String, String> all = new HashMap<>(ENVIRONMENT);
        all.putAll(environment);
        return start(command, all);
    }

    /** Starts any command with a heap of this size, such as {@code 64m}. */
    static InstanceProcess command(String heap, List<String> words) {
        return start(product("-Xmx" + heap, words), ENVIRONMENT);
    }

    /** Starts a main class of the tests with the product on its class path. */
    public static InstanceProcess main(Class<?> main, String... arguments) {
        return main("-Xmx512m", main, arguments);
    }

    /** Starts a main class with another heap option for Java. */
    static InstanceProcess main(String heap, Class<?> main, String... arguments) {
        List<String> options = new ArrayList<>(ProductArchive.options());
        options.add(heap);
        // The jar's manifest adds target/lib to the class path.
        return main(options, PRODUCT + ":target/test-classes", main, arguments);
    }

    /** Starts a main class with a small heap and the serial collector, for several processes on one machine. */
    static InstanceProcess small(String option, String classPath, Class<?> main, String... arguments) {
        return main(List.of("-Xmx128m", "-XX:+UseSerialGC", option), classPath, main, arguments);
    }

    private static InstanceProcess main(List<String> options, String classPath, Class<?> main, String... arguments) {
        List<String> command = java(QUICK);
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return start(command, ENVIRONMENT);
    }

    /** Starts any command through the launcher, as a user does, with these Java options. */
    static InstanceProcess launcher(String javaOptions, List<String> words) {
        List<String> command = new ArrayList<>(List.of("./resnet-streams"));
        command.addAll(words);
        return start(command, Map.of("JAVA_OPTS", javaOptions));
    }

    private static List<String> product(String heap, List<String> words) {
        List<String> command = java(heap, QUICK);
        command.addAll(ProductArchive.options());
        command.addAll(List.of("-jar", PRODUCT));
        command.addAll(words);
        return command;
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:MaxDirectMemorySize=256m",
                "-XX:ErrorFile=" + LOGS.toAbsolutePath().resolve(CRASH.formatted("%p")),
                "-Dai.djl.mxnet.static_shape=false"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static InstanceProcess start(List<String> command, Map<String, String> environment) {
        return start(command, environment, Path.of(""));
    }

    private static InstanceProcess start(List<String> command, Map<String, String> environment, Path directory) {
        try {
            Files.createDirectories(LOGS);
            Path log =
                    LOGS.resolve("instance-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toAbsolutePath().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            // Also stops the process if the test is aborted.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new InstanceProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until Kafka Streams has partitions. */
    public InstanceProcess awaitRunning() {
        return awaitLog("-> RUNNING");
    }

    /** Waits until the log contains a text; returns false if it does not in time. */
    public boolean isLogged(String text, Duration longest) {
        try {
            awaitLog(text, longest);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    /** Waits until the log contains a text. */
    public InstanceProcess awaitLog(String text) {
        return awaitLog(text, LONGEST_START);
    }

    private InstanceProcess awaitLog(String text, Duration longest) {
        await().atMost(longest)
                .pollInterval(Duration.ofMillis(20))
                .failFast("the process exited; see " + log, () -> !process.isAlive())
                .until(() -> log().contains(text));
        return this;
    }

    /** Returns the address of the metrics as HOST:PORT once it has been logged. */
    Optional<String> metricsEndpoint() {
        Matcher address = METRICS_ADDRESS.matcher(log());
        return address.find() ? Optional.of(address.group(1)) : Optional.empty();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGSTOP: the process keeps its connections and memory but does nothing. */
    public void suspend() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Sends SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("kill " + signal + " " + process.pid() + " failed");
        }
    }

    /** Sends SIGKILL, and returns the exit code: 137, unless it had ended before. */
    public int kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor();
    }

    /** Sends SIGTERM. */
    void signal() {
        process.destroy();
    }

    /** Sends SIGTERM, waits for the process and returns its exit code. */
    public int terminate() throws InterruptedException {
        signal();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still alive 60 s after SIGTERM: " + log());
        }
        return process.exitValue();
    }

    /** Waits until the process exits by itself and returns its exit code. */
    public int awaitEnd(Duration most) throws InterruptedException {
        if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("did not exit within " + most + ": " + log());
        }
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /** Returns the peak resident memory in bytes; 0 on systems without Linux's /proc. */
    long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        String peak = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(peak.replaceAll("\\D", "")) * 1_024;
    }

    public void killIfAlive() {
        process.destroyForcibly();
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns Java's report of a crash from the log or from a file of its own; empty if there was none. */
    String crash() throws IOException {
        Path report = LOGS.resolve(CRASH.formatted(process.pid()));
        String log = log();
        boolean crashed = log.contains("SIG") || log.contains("core dumped");
        return Files.exists(report) ? Files.readString(report) : crashed ? log : "";
    }
}
