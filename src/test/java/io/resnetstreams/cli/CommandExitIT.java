package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.service.Termination;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exit of a process in which a command was started and not ended. TerminationIT sends signals. */
class CommandExitIT {
    private static final int OF_THE_COMMAND = 3;

    /** Exits normally after a command was started. */
    public static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            if (Boolean.parseBoolean(arguments[0])) {
                Termination.handleSignals();
            }
            Termination.install(1_000, OF_THE_COMMAND);
            System.exit(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 3"})
    void aCommandChangesTheExitCodeOnlyWhereMainHandlesSignals(boolean handlesSignals, int exitCode)
            throws InterruptedException {
        InstanceProcess process = InstanceProcess.main(Program.class, Boolean.toString(handlesSignals));
        assertThat(process.awaitEnd(Duration.ofSeconds(60))).as(process::log).isEqualTo(exitCode);
    }
}
