package io.resnetstreams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.resnetstreams.common.UserErrorException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPropertiesTest {
    private static final String MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule";

    @TempDir
    private Path folder;

    private static void assertMistake(Runnable action, String... fragments) {
        assertThatExceptionOfType(UserErrorException.class)
                .isThrownBy(action::run)
                .withMessageContainingAll(fragments)
                .satisfies(mistake -> {
                    assertThat(mistake.exitCode()).isEqualTo(2);
                    assertThat(mistake.getMessage().lines()).hasSize(1);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "security.protocol",
                "sasl.jaas.config",
                "ssl.truststore.location",
                "main.consumer.max.poll.records",
                "producer.ssl.key.password",
                "admin.sasl.mechanism",
                "topic.retention.ms",
                "client.tag.zone"
            })
    void namesOfKafkasPropertiesAreAccepted(String name) {
        assertThatCode(() -> KafkaProperties.requireNames(Map.of(name, "x"))).doesNotThrowAnyException();
        assertThat(KafkaProperties.isForeign(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssl.truststore.lokation", "producer.sasl.jaas.conf", "security.protokol", "ssl."})
    void aMisspeltNameOfAConnectionIsRefusedWithSimilarNames(String name) {
        String word = name.replace("producer.", "").replaceFirst("\\..*", ".");
        assertMistake(
                () -> KafkaProperties.requireNames(Map.of(name, "secret-value")),
                "kafka." + name + ": Kafka's clients have no property",
                "allowed are " + word);
    }

    @Test
    void otherUnknownNamesAreAcceptedAsThoseOfPlugIns() {
        assertThatCode(() -> KafkaProperties.requireNames(Map.of("my.interceptor.rate", "1")))
                .doesNotThrowAnyException();
        assertThat(KafkaProperties.isForeign("my.interceptor.rate")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.providers", "config.providers.vault.class", "consumer.config.providers"})
    void otherProvidersOfSecretsAreRefused(String name) {
        assertMistake(
                () -> KafkaProperties.requireNames(Map.of(name, "vault")),
                "kafka." + name + " can't be set; ${file:PATH:KEY}");
    }

    @Test
    void aValidLoginIsAccepted() {
        String login = MODULE + " required username=\"me\" password=\"a\\\"b\\\\c;= d\";";
        assertThat(KafkaProperties.resolve(Map.of("sasl.jaas.config", login))).containsEntry("sasl.jaas.config", login);
    }

    /** Kafka's own message quotes what follows a quotation mark in the password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " required username=\"me\" password=\"geheim\"geheim\";",
                " required username=\"me\" password=\"geheim\" geheim;",
                " required username=\"me\" password=\"geheim\"",
                " geheim",
                " required password=geheim=geheim;"
            })
    void anInvalidLoginIsNotShown(String options) {
        UserErrorException mistake = catchThrowableOfType(
                UserErrorException.class,
                () -> KafkaProperties.resolve(Map.of("consumer.sasl.jaas.config", MODULE + options)));
        assertThat(mistake)
                .hasMessageContainingAll("kafka.consumer.sasl.jaas.config is invalid", "MODULE required NAME=");
        assertThat(mistake.exitCode()).isEqualTo(2);
        StringWriter trace = new StringWriter();
        mistake.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("geheim");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssl.truststore.location", "ssl.keystore.location", "producer.ssl.keystore.location"})
    void aMissingKeyStoreIsNamed(String name) {
        String file = folder.resolve("none.jks").toString();
        assertMistake(
                () -> KafkaProperties.resolve(Map.of(name, file)),
                "kafka." + name + " is '" + file + "'; the file does not exist or can't be read");
    }

    @Test
    void anEmbeddedBrokerNeedsNoConnectionProperties() {
        assertThat(KafkaProperties.withoutConnection(Map.of(
                        "security.protocol", "SSL",
                        "ssl.key.password", "x",
                        "main.consumer.sasl.mechanism", "PLAIN",
                        "poll.ms", "3",
                        "producer.compression.type", "zstd")))
                .containsOnlyKeys("poll.ms", "producer.compression.type");
    }
}
