package io.resnetstreams.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.bench.KafkaSetup;
import io.resnetstreams.topology.Topics;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupScenarioTest {
    @TempDir
    private Path folder;

    @Test
    void theLauncherIsFoundWhereItStands() {
        assertThat(StartupScenario.launcher(Path.of("."))).isExecutable().hasFileName("resnet-streams");
    }

    @Test
    void aMissingLauncherIsReportedWithItsExpectedPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StartupScenario.launcher(folder))
                .withMessageContainingAll(
                        "startup", folder.resolve("resnet-streams").toString());
    }

    @Test
    void theProcessGetsItsOwnTopicsGroupAndModel() {
        List<String> command = StartupScenario.command(
                Path.of("resnet-streams"),
                KafkaSetup.settings("localhost:1234", "bench-7", new Topics("in", "out", "dead"), KafkaSetup.IN_FLIGHT),
                folder);
        assertThat(command)
                .startsWith("resnet-streams", "run", "--bootstrap", "localhost:1234")
                .containsSubsequence("--model", folder.toString())
                .contains("applicationId=bench-7", "topics.input=in", "topics.labels=out", "topics.deadLetters=dead");
    }
}
