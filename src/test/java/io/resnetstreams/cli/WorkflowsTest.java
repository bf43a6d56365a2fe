package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.resnetstreams.service.BuildVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks GitHub's workflows against the schema that editors use, and tests the scripts that they run. */
class WorkflowsTest {
    private static final Path WORKFLOWS = Path.of(".github", "workflows");
    private static final Path PACKAGES = Path.of("src", "test", "kubernetes");
    private static final Path SCRIPTS = Path.of("src", "test", "release");

    @TempDir
    private Path folder;

    private static JsonNode workflow(String name) throws IOException {
        return new YAMLMapper().readTree(WORKFLOWS.resolve(name).toFile());
    }

    private static DebianTools.Answer validated(Path file) throws Exception {
        DebianTools.require("node", "Debian's package nodejs");
        Path validator = PACKAGES.resolve("node_modules/@action-validator/cli/cli.mjs");
        DebianTools.requireThat(
                Files.exists(validator),
                "the validator of workflows is not installed (npm ci --prefix " + PACKAGES + ")");
        return DebianTools.run(
                Path.of("").toAbsolutePath(),
                "",
                "node",
                validator.toString(),
                file.toAbsolutePath().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ci.yml", "release.yml"})
    void aWorkflowMatchesItsSchema(String name) throws Exception {
        DebianTools.Answer answer = validated(WORKFLOWS.resolve(name));
        assertThat(answer.exitCode()).as(answer.text()).isZero();
    }

    /** Shows that the test above can fail. */
    @Test
    void anInvalidWorkflowIsFound() throws Exception {
        Path misspelled = folder.resolve("ci.yml");
        Files.writeString(
                misspelled,
                Files.readString(WORKFLOWS.resolve("ci.yml"), UTF_8).replace("timeout-minutes:", "timeout:"),
                UTF_8);
        DebianTools.Answer answer = validated(misspelled);
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.text()).contains("timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ci.yml", "release.yml"})
    void actionsArePinnedAndPermissionsAreMinimal(String name) throws IOException {
        JsonNode workflow = workflow(name);
        assertThat(workflow.findValuesAsText("uses")).isNotEmpty().allSatisfy(action -> assertThat(action)
                .matches("actions/[a-z-]+@[0-9a-f]{40}"));
        assertThat(workflow.findValuesAsText("container")).isNotEmpty().allSatisfy(image -> assertThat(image)
                .matches("debian:[0-9.]+@sha256:[0-9a-f]{64}"));
        assertThat(workflow.at("/permissions").toString()).isIn("{}", "{\"contents\":\"read\"}");
        assertThat(workflow.findValuesAsText("run")).contains(".ci/run");
    }

    private DebianTools.Answer notes(String pomVersion, String heading, String asked) throws Exception {
        Path copy = Files.createDirectories(folder.resolve(SCRIPTS)).resolve("notes.sh");
        Files.copy(SCRIPTS.resolve("notes.sh"), copy);
        String pom = Files.readString(Path.of("pom.xml"), UTF_8);
        String built = new BuildVersion().version();
        Files.writeString(folder.resolve("pom.xml"), pom.replace(">" + built + "<", ">" + pomVersion + "<"), UTF_8);
        Files.writeString(
                folder.resolve("CHANGELOG.md"),
                "# Changelog\n\n## " + heading + "\n\n- New.\n\n## 0.0.9 - 2026-01-01\n- Old.\n",
                UTF_8);
        return DebianTools.run(folder, "", copy.toString(), asked);
    }

    @Test
    void releaseNotesAreASectionOfTheChangelog() throws Exception {
        DebianTools.Answer answer = notes("7.1.0", "7.1.0 - 2026-12-01", "7.1.0");
        assertThat(answer.exitCode()).as(answer.text()).isZero();
        assertThat(answer.text()).contains("- New.").doesNotContain("Old", "##");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.1.1", "7.1"})
    void aTagOfAnotherVersionIsRejected(String tag) throws Exception {
        DebianTools.Answer answer = notes("7.1.0", "7.1.0 - 2026-12-01", tag);
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.text()).contains("version " + tag + " was requested, but pom.xml has 7.1.0");
    }

    @Test
    void aReleaseWithoutASectionIsRejected() throws Exception {
        DebianTools.Answer answer = notes("7.1.0", "Unreleased: 7.1.0", "7.1.0");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.text()).contains("no section '## 7.1.0'");
        assertThat(List.of(answer.text().split("\n"))).hasSize(1);
    }
}
