package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the launcher lets native libraries be unpacked when the home can't be written to; Java is a script that tells. */
class LauncherTest {
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
        Path noFolder = folder.resolve("no-folder");
        Files.writeString(noFolder, "");
        return DebianTools.run(
                folder,
                "",
                "env",
                "-i",
                "PATH=" + System.getenv("PATH"),
                "HOME=" + noFolder,
                "TMPDIR=" + temporary,
                "JAVA_HOME=" + folder.resolve("java"),
                "bash",
                "bin/resnet-streams",
                "--version");
    }

    private void assertIsRefused() throws Exception {
        DebianTools.Answer answer = launch();
        assertThat(answer.exitCode()).as(answer.text()).isEqualTo(2);
        assertThat(answer.text()).contains("'" + cache + "'").contains("RESNET_STREAMS_CACHE");
    }

    private Path make(String permissions) throws IOException {
        Files.createDirectory(cache);
        return Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFolderIsMadeThatNobodyElseCanRead() throws Exception {
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
    void aFolderThatOthersCanWriteToIsRefused(String permissions) throws Exception {
        make(permissions);
        assertIsRefused();
    }

    @Test
    void aFolderThatOthersCanOnlyReadIsTaken() throws Exception {
        make("rwxr-xr-x");
        assertThat(launch().exitCode()).isZero();
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path target = Files.createDirectory(folder.resolve("target"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(cache, target);
        assertIsRefused();
        Files.delete(cache);
        Files.createSymbolicLink(cache, folder.resolve("made-by-following"));
        assertIsRefused();
        assertThat(folder.resolve("made-by-following")).doesNotExist();
    }

    @Test
    void aFileIsRefused() throws Exception {
        Files.writeString(cache, "");
        assertIsRefused();
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws Exception {
        DebianTools.requireThat(cache.endsWith("resnet-streams-0"), "only root can give a folder to another user");
        make("rwx------");
        assertThat(DebianTools.run(folder, "", "chown", "12345", cache.toString())
                        .exitCode())
                .isZero();
        assertIsRefused();
    }
}
