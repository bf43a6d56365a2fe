package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of a source tree's launcher during a build. Maven and Java are replaced by scripts. */
class LauncherBuildTest {
    private static final String DOWNLOADS =
            "for i in $(seq 101); do echo \"[INFO] Downloaded from central: https://example.com/$i.jar (1 kB)\"; done\n";

    private record Answer(int exitCode, String out, String err) {}

    @TempDir
    private Path folder;

    private Path bin;

    @BeforeEach
    void createSourceTree() throws IOException {
        Files.copy(Path.of("resnet-streams"), folder.resolve("resnet-streams"));
        Files.writeString(folder.resolve("pom.xml"), "<project/>");
        Files.createDirectories(folder.resolve("src/main"));
        Files.createDirectory(folder.resolve("topology"));
        Files.writeString(folder.resolve("topology/pipeline.yaml"), "");
        bin = Files.createDirectory(folder.resolve("bin"));
        script("java", "echo the command ran");
    }

    private void script(String name, String body) throws IOException {
        Path script = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Answer launch() throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", folder.resolve("resnet-streams").toString(), "topology")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        bin + ":" + System.getenv("PATH"),
                        "RESNET_STREAMS_CACHE",
                        folder.resolve("cache") + ""));
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Answer(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    }

    @Test
    void eachBuildStepIsALineOnStandardError() throws Exception {
        script(
                "mvn",
                DOWNLOADS + "echo '[INFO] --- maven-compiler-plugin:3.13.0:compile (default-compile) @ x ---'\n"
                        + "echo '[INFO] --- jar:3.4.1:jar (default-jar) @ x ---'\n"
                        + "mkdir -p target/lib && touch target/resnet-streams.jar");
        Answer answer = launch();
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(answer.out()).isEqualTo("the command ran\n");
        assertThat(answer.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Building resnet-streams ("),
                        line -> assertThat(line).endsWith("target/launcher-build.log"),
                        line -> assertThat(line).matches(" +\\d+ s  downloading dependencies, file 1"),
                        line -> assertThat(line).matches(" +\\d+ s  downloading dependencies, file 101"),
                        line -> assertThat(line).matches(" +\\d+ s  compiler:compile"),
                        line -> assertThat(line).matches(" +\\d+ s  jar:jar"),
                        line -> assertThat(line).matches(" +\\d+ s  built"));
        assertThat(folder.resolve("target/launcher-build.log"))
                .content()
                .contains("https://example.com/57.jar", "default-jar");
    }

    @Test
    void anUpToDateBuildIsNotRepeated() throws Exception {
        script("mvn", "mkdir -p target/lib && touch target/resnet-streams.jar");
        launch();
        Answer again = launch();
        assertThat(again.out()).isEqualTo("the command ran\n");
        assertThat(again.err()).isEmpty();
    }

    @Test
    void aFailureShowsTheErrorWithoutProgress() throws Exception {
        script("mvn", DOWNLOADS + "echo '[ERROR] no such symbol'; exit 1");
        Answer answer = launch();
        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err())
                .contains("[ERROR] no such symbol\nThe build failed; its log is in ")
                .doesNotContain("example.com");
    }
}
