package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.service.Termination;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exit of a process in which a command was started and not ended; TerminationIT has those that run. */
class CommandExitIT {
    private static final int OF_THE_COMMAND = 3;

    /** Exits, normally or by a signal, after a command was started. */
    public static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws Exception {
            if (Boolean.parseBoolean(arguments[0])) {
                Termination.handleSignals();
            }
            Termination.install(1_000, OF_THE_COMMAND);
            if (Boolean.parseBoolean(arguments[1])) {
                String self = Long.toString(ProcessHandle.current().pid());
                new ProcessBuilder("kill", "-TERM", self).start().waitFor();
                new CountDownLatch(1).await();
            }
            System.exit(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false, 0", "true, false, 0", "false, true, 143", "true, true, 3"})
    void aCommandChangesTheExitCodeOnlyAfterASignalAndWhereMainHandlesSignals(
            boolean handlesSignals, boolean isSignalled, int exitCode) throws InterruptedException {
        InstanceProcess process =
                InstanceProcess.main(Program.class, Boolean.toString(handlesSignals), Boolean.toString(isSignalled));
        assertThat(process.awaitEnd(Duration.ofSeconds(60))).as(process::log).isEqualTo(exitCode);
    }
}
