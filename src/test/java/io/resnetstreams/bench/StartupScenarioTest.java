package io.resnetstreams.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    void theProcessGetsItsOwnTopicsGroupModelAndEngine() {
        List<String> command = StartupScenario.command(
                Path.of("resnet-streams"),
                List.of("bootstrapServers=localhost:1234", "applicationId=bench-7"),
                new BenchSettings(1, 1, null, folder, folder, List.of("onnxruntime"), "cpu"));
        assertThat(command)
                .containsExactly(
                        "resnet-streams",
                        "run",
                        "--model",
                        folder.toString(),
                        "--set",
                        "bootstrapServers=localhost:1234",
                        "--set",
                        "applicationId=bench-7",
                        "--set",
                        "engine=onnxruntime",
                        "--set",
                        "device=cpu");
    }
}
