package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A program that answers each line of its input with the system property of that name. */
    static final class Properties {
        private Properties() {}

        public static void main(String[] arguments) throws Exception {
            BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String name = reader.readLine(); name != null; name = reader.readLine()) {
                System.out.println(arguments[0] + System.getProperty(name));
            }
        }
    }

    private static ChildProcess shell(String script) throws Exception {
        return ChildProcess.start(List.of("sh", "-c", script));
    }

    @Test
    void linesOfOutputAndErrorsComeInTheirOrder() throws Exception {
        try (ChildProcess process = shell("echo one; echo two >&2; echo three; exec cat")) {
            assertThat(process.await("two", "two"::equals, PATIENCE)).isEqualTo("two");
            assertThat(process.await("three", line -> true, PATIENCE)).isEqualTo("three");
        }
    }

    @Test
    void aChildJvmHasTheOptionsOfThisOneAndAnswers() throws Exception {
        String property = "ai.djl.mxnet.static_shape";
        assertThat(System.getProperty(property)).isNotNull();
        try (ChildProcess process = ChildProcess.start(ChildProcess.java(Properties.class, List.of("it is ")))) {
            process.send(property);
            assertThat(process.await("an answer", line -> line.startsWith("it is "), PATIENCE))
                    .isEqualTo("it is " + System.getProperty(property));
            process.end();
        }
    }

    @Test
    void anEarlyExitIsReportedWithTheLastLines() throws Exception {
        try (ChildProcess process = shell("echo the disk is full; exit 3")) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.await("RUNNING", "RUNNING"::equals, PATIENCE))
                    .withMessageContainingAll("exited before RUNNING (exit code 3)", "the disk is full");
            assertThatIllegalStateException()
                    .isThrownBy(process::terminate)
                    .withMessageContainingAll(
                            "did not exit with code 0 after SIGTERM (exit code 3)", "the disk is full");
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.send("state"))
                    .withMessageContainingAll("did not read 'state' (exit code 3)", "the disk is full");
        }
    }

    @Test
    void aMissingLineIsReportedWithTheLastLines() throws Exception {
        try (ChildProcess process = shell("echo starting; exec cat")) {
            process.await("starting", "starting"::equals, PATIENCE);
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.await("RUNNING", "RUNNING"::equals, Duration.ofMillis(1)))
                    .withMessageContainingAll("did not reach RUNNING", "starting");
        }
    }

    @Test
    void anExitCodeOtherThanZeroAfterTheSignalIsAnError() throws Exception {
        try (ChildProcess process = shell("echo ready; exec cat")) {
            process.await("ready", "ready"::equals, PATIENCE);
            assertThatIllegalStateException()
                    .isThrownBy(process::terminate)
                    .withMessageContaining("did not exit with code 0 after SIGTERM (exit code 143)");
        }
        try (ChildProcess process = shell("trap 'exit 0' TERM; echo ready; while read line; do :; done")) {
            process.await("ready", "ready"::equals, PATIENCE);
            process.terminate();
            assertThat(process.isAlive()).isFalse();
        }
    }

    /** The process ignores SIGTERM and has a child of its own. */
    @Test
    void closingKillsTheProcessAndItsChildrenAfterAFailure() throws Exception {
        ChildProcess process = shell("trap '' TERM; tail -f /dev/null & echo $!; wait");
        long grandchild = Long.parseLong(process.await("its child", line -> true, PATIENCE));
        assertThatIllegalStateException()
                .isThrownBy(() -> {
                    try (process) {
                        throw new IllegalStateException("the scenario failed");
                    }
                })
                .withMessage("the scenario failed");
        assertThat(process.isAlive()).isFalse();
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(grandchild)
                .map(handle -> !handle.isAlive())
                .orElse(true));
    }
}
