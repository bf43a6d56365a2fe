package io.resnetstreams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretReferencesTest {
    @TempDir
    private Path folder;

    private final SecretReferences references = new SecretReferences(Map.of("TOKEN", "from-environment"));

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("kafka.properties"), "user=me\npassword=$1\\\\from-file\n");
        Files.writeString(folder.resolve("token"), "from-folder\n");
    }

    private String resolved(String value) {
        return references.resolve(Map.of("ssl.key.password", value)).get("ssl.key.password");
    }

    private void assertMistake(String value, String... fragments) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> resolved(value))
                .withMessageStartingWith("kafka.ssl.key.password refers to ${")
                .withMessageContainingAll(fragments)
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2))
                .satisfies(mistake -> assertThat(mistake.getMessage().lines()).hasSize(1))
                .withMessageNotContaining("from-");
    }

    @Test
    void aKeyOfAPropertiesFileReplacesItsReference() {
        assertThat(resolved("${file:" + folder + "/kafka.properties:password}")).isEqualTo("$1\\from-file");
    }

    @Test
    void aFileOfAFolderReplacesItsReferenceWithoutTheFinalLineBreak() {
        assertThat(resolved("${dir:" + folder + ":token}")).isEqualTo("from-folder");
    }

    @Test
    void aVariableReplacesItsReference() {
        assertThat(resolved("${env:TOKEN}")).isEqualTo("from-environment");
    }

    @Test
    void aValueMayHaveSeveralReferences() {
        String file = "${file:" + folder + "/kafka.properties:user}";
        assertThat(resolved("name=" + file + " token=${env:TOKEN};")).isEqualTo("name=me token=from-environment;");
    }

    /** References inside a secret are not resolved. */
    @Test
    void aSecretThatLooksLikeAReferenceStaysAsItIs() {
        SecretReferences nested = new SecretReferences(Map.of("OUTER", "${env:INNER}", "INNER", "x"));
        assertThat(nested.resolve(Map.of("a", "${env:OUTER}"))).containsEntry("a", "${env:INNER}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "$", "${", "${HOME}", "$TOKEN", "a}b{c"})
    void otherValuesStayAsTheyAre(String value) {
        assertThat(resolved(value)).isEqualTo(value);
    }

    @Test
    void aMissingVariableIsNamed() {
        assertMistake("${env:NONE}", "${env:NONE}: there is no variable NONE");
    }

    @Test
    void aMissingFileIsNamed() {
        String file = folder.resolve("none").toString();
        assertMistake("${file:" + file + ":password}", "there is no file " + file + " that can be read");
    }

    @Test
    void aMissingKeyIsNamed() {
        String file = folder.resolve("kafka.properties").toString();
        assertMistake("${file:" + file + ":pasword}", file + " has no pasword");
    }

    @Test
    void aMissingFileOfAFolderIsNamed() {
        assertMistake("${dir:" + folder + ":none}", "there is no file " + folder.resolve("none"));
    }

    @Test
    void aFolderInPlaceOfAFileIsNamed() {
        assertMistake("${file:" + folder + ":password}", folder.toString());
    }

    @ParameterizedTest
    @CsvSource({"${vault:a:b}", "${file:password}", "${dir:password}", "${env:a:b}", "${:x}"})
    void anythingElseIsRefusedWithWhatIsAllowed(String reference) {
        assertMistake(reference, "allowed are ${file:PATH:KEY}, ${dir:FOLDER:FILE} and ${env:NAME}");
    }
}
