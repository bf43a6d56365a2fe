package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The folder into which native libraries are unpacked if the home is not writable, and the options for Java. Java is replaced by
 * a script that prints its arguments.
 */
class LauncherTest {
    private static final String C1_ONLY = "-XX:TieredStopAtLevel=1";
    private static final String DECODERS = "-Dresnet-streams.optimise=io/resnetstreams/image/*.*";
    private static final String SERIAL = "-XX:+UseSerialGC";

    @TempDir
    private Path folder;

    private Path temporary;
    private Path cache;

    @BeforeEach
    void install() throws Exception {
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("resnet-streams");
        Files.copy(Path.of("resnet-streams"), launcher);
        Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        temporary = Files.createDirectory(folder.resolve("tmp"));
        String user = DebianTools.run(folder, "", "id", "-u").text().strip();
        cache = temporary.resolve("resnet-streams-" + user);
    }

    private DebianTools.Answer launch() throws Exception {
        return launch("", "--version");
    }

    private DebianTools.Answer launch(String javaOptions, String... arguments) throws Exception {
        Path noFolder = folder.resolve("no-folder");
        Files.writeString(noFolder, "");
        List<String> command = new ArrayList<>(List.of(
                "env",
                "-i",
                "PATH=" + System.getenv("PATH"),
                "HOME=" + noFolder,
                "TMPDIR=" + temporary,
                "JAVA_HOME=" + folder.resolve("java"),
                "JAVA_OPTS=" + javaOptions,
                "bash",
                "bin/resnet-streams"));
        command.addAll(List.of(arguments));
        return DebianTools.run(folder, "", command.toArray(String[]::new));
    }

    private List<String> lines(String javaOptions, String... arguments) throws Exception {
        return launch(javaOptions, arguments).text().lines().toList();
    }

    @Test
    void onACpuRunOptimisesTheDecodersAlone() throws Exception {
        boolean hasGpu = Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/dxg"));
        assertThat(lines("", "run", "--model", "m")).doesNotContain(C1_ONLY);
        assertThat(lines("", "run", "--model", "m").contains(DECODERS)).isEqualTo(!hasGpu);
        assertThat(lines("", "backfill", "run")).contains(C1_ONLY).doesNotContain(DECODERS);
        assertThat(lines("", "bench")).doesNotContain(C1_ONLY, DECODERS);
        assertThat(lines("", "classify", "a.jpg")).contains(C1_ONLY);
        assertThat(lines("", "broker")).contains(C1_ONLY);
    }

    @Test
    void runHasTheSerialCollectorOnFewCores() throws Exception {
        boolean few = Runtime.getRuntime().availableProcessors() <= 4;
        assertThat(lines("", "run").contains(SERIAL)).isEqualTo(few);
        assertThat(lines("", "demo")).doesNotContain(SERIAL);
    }

    @Test
    void javaOptionsReplaceTheLaunchersOwn() throws Exception {
        List<String> lines = lines("-XX:TieredStopAtLevel=4 -XX:+UseParallelGC", "run");
        assertThat(lines).doesNotContain(SERIAL).contains("-XX:+UseParallelGC");
        assertThat(lines).contains("-XX:TieredStopAtLevel=4").doesNotContain(DECODERS);
        assertThat(lines("-XX:TieredStopAtLevel=4", "classify", "a.jpg")).doesNotContain(C1_ONLY);
    }

    private void assertIsRejected() throws Exception {
        DebianTools.Answer answer = launch();
        assertThat(answer.exitCode()).as(answer.text()).isEqualTo(2);
        assertThat(answer.text()).contains("'" + cache + "'").contains("RESNET_STREAMS_CACHE");
    }

    private Path createCache(String permissions) throws IOException {
        Files.createDirectory(cache);
        return Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aPrivateFolderIsCreated() throws Exception {
        for (int run = 0; run < 2; run++) {
            DebianTools.Answer answer = launch();
            assertThat(answer.exitCode()).as(answer.text()).isZero();
            assertThat(answer.text()).contains("-DDJL_CACHE_DIR=" + cache + "/djl");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                    .isEqualTo("rwx------");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx", "rwx-w----"})
    void aFolderThatOthersCanWriteToIsRejected(String permissions) throws Exception {
        createCache(permissions);
        assertIsRejected();
    }

    @Test
    void aFolderThatOthersCanOnlyReadIsAccepted() throws Exception {
        createCache("rwxr-xr-x");
        assertThat(launch().exitCode()).isZero();
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path target = Files.createDirectory(folder.resolve("target"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(cache, target);
        assertIsRejected();
        Files.delete(cache);
        Files.createSymbolicLink(cache, folder.resolve("made-by-following"));
        assertIsRejected();
        assertThat(folder.resolve("made-by-following")).doesNotExist();
    }

    @Test
    void aFileIsRejected() throws Exception {
        Files.writeString(cache, "");
        assertIsRejected();
    }

    @Test
    void aFolderOfAnotherUserIsRejected() throws Exception {
        DebianTools.requireThat(cache.endsWith("resnet-streams-0"), "only root can change the owner of a folder");
        createCache("rwx------");
        assertThat(DebianTools.run(folder, "", "chown", "12345", cache.toString())
                        .exitCode())
                .isZero();
        assertIsRejected();
    }
}
