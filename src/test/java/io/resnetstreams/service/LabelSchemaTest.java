package io.resnetstreams.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.registry.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelSchemaTest {
    private final RegistryServer server = new RegistryServer();

    @TempDir
    private Path folder;

    LabelSchemaTest() throws IOException {}

    @AfterEach
    void close() {
        server.close();
    }

    private static Configuration configured(String... keysAndValues) {
        ConfigurationLoader loader = new ConfigurationLoader();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            loader.set(keysAndValues[i], keysAndValues[i + 1], "--set");
        }
        return loader.load();
    }

    @Test
    void theSchemaOfTheFormatIsRegisteredForTheTopic() throws IOException {
        String url = server.url();
        int avro = LabelSchema.register(
                configured("schemaRegistry.url", url, "labels.format", "avro", "topics.labels", "my.labels"));
        assertThat(avro).isEqualTo(1);
        assertThat(server.latest("my.labels-value"))
                .isEqualTo(Files.readString(Path.of("topology", "label-event.avsc")));
        LabelSchema.register(configured("schemaRegistry.url", url));
        assertThat(server.latest("image-labels-value"))
                .isEqualTo(Files.readString(Path.of("topology", "label-event.schema.json")));
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void nothingIsRegisteredWithoutARegistryOrBesideAnEnvelope() {
        assertThat(LabelSchema.register(configured())).isZero();
        assertThat(LabelSchema.register(configured("schemaRegistry.url", server.url(), "labels.connectSchema", "true")))
                .isZero();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void secretsAreReferences() throws IOException {
        Files.writeString(folder.resolve("password"), "x:y\n");
        String[] settings = {
            "schemaRegistry.url",
            server.url(),
            "schemaRegistry.user",
            "ada",
            "schemaRegistry.password",
            "${dir:" + folder + ":password}"
        };
        LabelSchema.register(configured(settings));
        assertThat(server.requests()).containsExactly("POST /subjects/image-labels-value/versions Basic YWRhOng6eQ==");
        settings[5] = "${dir:" + folder + ":gone}";
        assertMistake(settings, "schemaRegistry.password refers to ${dir:", "there is no file");
        Files.writeString(folder.resolve("token"), "to ken");
        assertMistake(
                new String[] {
                    "schemaRegistry.url", "http://a", "schemaRegistry.bearerToken", "${dir:" + folder + ":token}"
                },
                "schemaRegistry.bearerToken has blanks");
    }

    private static void assertMistake(String[] settings, String... fragments) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(() -> LabelSchema.register(configured(settings)))
                .withMessageContainingAll(fragments)
                .withMessageNotContaining("to ken")
                .satisfies(mistake -> assertThat(mistake.exitCode()).isEqualTo(2));
    }
}
