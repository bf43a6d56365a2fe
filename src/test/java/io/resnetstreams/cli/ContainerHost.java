package io.resnetstreams.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the commands of containers without an engine, in Linux namespaces: with a read-only root that holds only the
 * system's programs and the mounts, as another user without capabilities, in a network in which containers have names.
 * It does not apply limits of memory and processors, a root of the image's own, or seccomp.
 */
final class ContainerHost implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("src", "test", "containers").toAbsolutePath();
    private static final Path LOGS = Path.of("target", "it-logs");
    private static final Duration LONGEST_START = Duration.ofSeconds(300);

    private final Path folder;
    private final Process network;
    private final List<Container> containers = new ArrayList<>();

    /** A mount in a container. */
    record Mount(String kind, String first, String second) {
        static Mount readOnly(Path source, String target) {
            return new Mount("ro", source.toAbsolutePath().toString(), target);
        }

        static Mount writable(Path source, String target) {
            return new Mount("rw", source.toAbsolutePath().toString(), target);
        }

        /** A file system in memory. As in Docker, nothing in it is executable unless the options contain exec. */
        static Mount memory(String target, String options) {
            boolean executable = List.of(options.split(",")).contains("exec");
            return new Mount(
                    "tmpfs", target, executable ? options : options.isEmpty() ? "noexec" : options + ",noexec");
        }
    }

    /** A container's user, directory, mounts, environment and command. */
    record Specification(
            String user, String directory, List<Mount> mounts, Map<String, String> environment, List<String> command) {}

    private ContainerHost(Path folder, Process network) {
        this.folder = folder;
        this.network = network;
    }

    /** Starts the network in which all names can be resolved. The test is skipped if that is not permitted. */
    static ContainerHost start(Path folder, Collection<String> names) throws Exception {
        for (String program : List.of("unshare", "nsenter", "setpriv", "ip", "wget")) {
            DebianTools.require(program, "Debian's packages util-linux, iproute2, wget");
        }
        DebianTools.require("dnsmasq", "Debian's package dnsmasq-base");
        DebianTools.requireThat(
                DebianTools.run(folder, "", "unshare", "--mount", "--net", "true")
                                .exitCode()
                        == 0,
                "namespaces for mounts and networks need root");
        List<String> command =
                new ArrayList<>(List.of("unshare", "--mount", "--net", "--propagation", "private", "--"));
        command.add(SCRIPTS.resolve("host.sh").toString());
        command.add(folder.toString());
        command.addAll(names);
        ContainerHost host = new ContainerHost(folder, start("network", command));
        String anyName = names.iterator().next();
        await().atMost(LONGEST_START)
                .failFast("the network process exited; see " + log("network"), () -> !host.network.isAlive())
                .until(() -> host.execute(List.of("getent", "hosts", anyName)).exitCode() == 0);
        return host;
    }

    private static Path log(String name) {
        return LOGS.resolve("container-" + name + ".log");
    }

    private static Process start(String name, List<String> command) throws IOException {
        Files.createDirectories(LOGS);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile())
                .start();
        // Also stops the process if the test is aborted.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    /** Starts a container. */
    Container run(String name, Specification specification) throws Exception {
        Path root = Files.createDirectories(folder.resolve("root-" + name));
        List<String> command = new ArrayList<>(enter());
        command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--"));
        command.add(SCRIPTS.resolve("container.sh").toString());
        command.addAll(List.of(root.toString(), specification.user(), specification.directory()));
        for (Mount mount : specification.mounts()) {
            if (mount.kind().equals("rw")) {
                // As with a Docker volume, which belongs to the user that mounts it first.
                run("chown", specification.user(), mount.first());
            }
            command.addAll(List.of(mount.kind(), mount.first(), mount.second()));
        }
        command.add("--");
        specification.environment().forEach((key, value) -> command.add(key + "=" + value));
        command.add("--");
        command.addAll(specification.command());
        Container container = new Container(name, start(name, command), specification);
        containers.add(container);
        return container;
    }

    private static void run(String... command) throws Exception {
        if (DebianTools.run(Path.of("."), "", command).exitCode() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
    }

    private List<String> enter() {
        return List.of("nsenter", "--target", Long.toString(network.pid()), "--mount", "--net", "--");
    }

    /** Runs a command of this machine in the containers' network until it exits. */
    DebianTools.Answer execute(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(enter());
        command.addAll(words);
        return DebianTools.run(folder, "", command.toArray(String[]::new));
    }

    /** Returns a page from the containers' network; empty if the status is not 200. */
    String get(String url) throws Exception {
        DebianTools.Answer answer = execute(List.of("wget", "-q", "-T", "10", "-t", "1", "-O", "-", url));
        return answer.exitCode() == 0 ? answer.text() : "";
    }

    /** Kills all containers except one and waits until they have exited. */
    void killAllExcept(String name) throws InterruptedException {
        for (Container container : containers) {
            if (!container.name.equals(name)) {
                container.process.destroyForcibly().waitFor();
            }
        }
    }

    @Override
    public void close() {
        containers.forEach(container -> container.process.destroyForcibly());
        network.destroy();
    }

    /** A running container. */
    static final class Container {
        private final String name;
        private final Process process;
        private final Specification specification;

        private Container(String name, Process process, Specification specification) {
            this.name = name;
            this.process = process;
            this.specification = specification;
        }

        /**
         * Runs a command inside the container as its user, as engines do for health checks, and returns the exit code.
         */
        int execute(List<String> words) throws Exception {
            String[] user = specification.user().split(":");
            List<String> command = new ArrayList<>(
                    List.of("nsenter", "--target", Long.toString(process.pid()), "--mount", "--net", "--root", "--"));
            command.addAll(List.of("setpriv", "--reuid=" + user[0], "--regid=" + user[1], "--clear-groups"));
            command.addAll(List.of("--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "env", "-i"));
            specification.environment().forEach((key, value) -> command.add(key + "=" + value));
            command.addAll(words);
            return DebianTools.run(Path.of("."), "", command.toArray(String[]::new))
                    .exitCode();
        }

        /** Waits until a command inside the container exits with 0. */
        Container awaitHealthy(List<String> healthcheck) {
            await().atMost(LONGEST_START)
                    .pollInterval(Duration.ofMillis(500))
                    .failFast(name + " ended; see " + ContainerHost.log(name), () -> !process.isAlive())
                    .until(() -> execute(healthcheck) == 0);
            return this;
        }

        /** Waits until the container exits and returns the exit code. */
        int awaitEnd() throws InterruptedException {
            return awaitEnd(LONGEST_START.toSeconds());
        }

        /** Sends SIGTERM and returns the exit code. An engine would kill the container after this many seconds. */
        int stop(long graceSeconds) throws InterruptedException {
            process.destroy();
            return awaitEnd(graceSeconds);
        }

        private int awaitEnd(long seconds) throws InterruptedException {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(name + " did not exit within " + seconds + " s: " + log());
            }
            return process.exitValue();
        }

        String log() {
            try {
                return Files.readString(ContainerHost.log(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
