package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.SecuredBroker.Grant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With TLS and each login, every command works, reports errors in one line and prints no secret. */
class SecuredConnectionIT {
    /** All rights; {@link AccessIT} tests which are needed. */
    private static final List<Grant> ALL = Stream.of(
                    ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID)
            .map(type -> new Grant(type, PatternType.LITERAL, "*", AclOperation.ALL))
            .toList();

    private static final int IMAGES = 10;

    @TempDir
    private static Path folder;

    private static SecuredBroker broker;
    private static Path events;

    @BeforeAll
    static void start() throws Exception {
        broker = new SecuredBroker(folder);
        events = TestCluster.events(folder, IMAGES);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private static List<String> words(Path configuration, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", configuration.toString()));
        String name = configuration.getFileName().toString();
        Map.of(
                        "applicationId", name,
                        "topics.input", name + "-in",
                        "topics.labels", name + "-out",
                        "topics.deadLetters", name + "-dlq",
                        "topics.partitions", "2")
                .forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        return all;
    }

    private static CapturedCommand succeed(Path configuration, String... words) {
        CapturedCommand command = CapturedCommand.run(words(configuration, words));
        assertThat(command.exitCode()).as("%s: %s", List.of(words), command).isZero();
        assertThat(command.out() + command.err()).doesNotContain(broker.secret());
        return command;
    }

    private static String userOf(Login login) {
        return login == Login.PLAIN ? SecuredBroker.PLAIN_USER : login.name().toLowerCase(Locale.ROOT);
    }

    private static Path granted(Login login) throws Exception {
        Path configuration = broker.user(login, userOf(login));
        broker.grant(login.principal(userOf(login)), ALL);
        return configuration;
    }

    @Test
    void everyCommandWorksWithALogin() throws Exception {
        assertEveryCommandWorks(Login.SCRAM);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SCRAM")
    void everyOtherLoginWorks(Login login) throws Exception {
        Path configuration = granted(login);
        succeed(configuration, "topics");
        succeed(configuration, "produce", events.toString());
        assertThat(CapturedCommand.run(words(configuration, "check")).exitCode())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SCRAM")
    @Tag("full") // Above, every command runs with one login, some with the others.
    void everyCommandWorksWithEveryOtherLogin(Login login) throws Exception {
        assertEveryCommandWorks(login);
    }

    private static void assertEveryCommandWorks(Login login) throws Exception {
        String user = userOf(login);
        Path configuration = granted(login);
        succeed(configuration, "topics");
        InstanceProcess instance = InstanceProcess.command(words(configuration, "run", "--json", "--debug"));
        try {
            instance.awaitRunning();
            succeed(configuration, "produce", events.toString());
            CapturedCommand labels =
                    succeed(configuration, "labels", "--from-beginning", "--json", "--count", Integer.toString(IMAGES));
            assertThat(labels.out()).hasLineCount(IMAGES);
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            CapturedCommand.run(words(configuration, "check")).exitCode() == 0);
            assertThat(succeed(configuration, "dlq", "list").out()).contains("unknown_format", "1 dead letter");
            succeed(configuration, "dlq", "show");
            succeed(configuration, "dlq", "export", folder.resolve(user).toString());
            succeed(configuration, "dlq", "replay");
            assertThat(instance.terminate()).as(instance::log).isZero();
        } finally {
            instance.killIfAlive();
        }
        // The log includes the clients' configuration, which Kafka logs.
        assertThat(instance.log())
                .contains("security.protocol = " + login.protocol)
                .doesNotContain(broker.secret());
    }

    /** A connection problem and fragments of its error message. */
    private enum Fault {
        PASSWORD("the broker refuses the login: Authentication failed", "invalid credentials", "SCRAM-SHA-512"),
        AUTHORITY("no TLS connection to the broker: ", "unable to find valid certification path"),
        HOST("no TLS connection to the broker: ", "127.0.0.1");

        private final String[] fragments;

        Fault(String... fragments) {
            this.fragments = fragments;
        }

        private Path configuration() throws Exception {
            Map<String, String> properties = broker.properties(Login.SCRAM, "scram");
            if (this == PASSWORD) {
                properties.put("sasl.jaas.config", Login.SCRAM.jaas("username=\"scram\" password=\"guessed\""));
            }
            if (this == AUTHORITY) {
                HeldCertificate other =
                        new HeldCertificate.Builder().certificateAuthority(0).build();
                properties.remove("ssl.truststore.location");
                properties.put(
                        "ssl.truststore.certificates", other.certificatePem().replace("\n", "\n\n    "));
            }
            return broker.configuration(name(), properties);
        }
    }

    static Stream<List<String>> faultyCommands() {
        return Stream.of(Fault.values()).flatMap(fault -> Stream.of(
                        "topics",
                        "run",
                        "produce " + events,
                        "labels",
                        "check",
                        "dlq list",
                        "dlq show",
                        "dlq export " + folder.resolve("export"),
                        "dlq replay")
                .map(command -> List.of(fault.name(), command)));
    }

    @ParameterizedTest
    @MethodSource("faultyCommands")
    void aRejectedConnectionIsReportedInOneLine(List<String> faultAndCommand) throws Exception {
        Fault fault = Fault.valueOf(faultAndCommand.get(0));
        List<String> words = words(fault.configuration(), faultAndCommand.get(1).split(" "));
        if (fault == Fault.HOST) {
            words.addAll(List.of("--bootstrap", "127.0.0.1:" + broker.port(Login.SCRAM)));
        }
        assertFails(1, CapturedCommand.run(words), fault.fragments);
    }

    private static void assertFails(int exitCode, CapturedCommand command, String... fragments) {
        assertThat(command.exitCode()).as(command::toString).isEqualTo(exitCode);
        assertThat(command.errorLines())
                .as(command::toString)
                .singleElement()
                .asString()
                .contains(fragments);
        assertThat(command.out()).doesNotContain(broker.secret());
        assertThat(command.err()).doesNotContain(broker.secret());
    }

    @Test
    void aMissingClientCertificateIsReportedInOneLine() throws Exception {
        Map<String, String> properties = broker.properties(Login.CERTIFICATE, "nobody");
        properties.keySet().removeIf(name -> name.startsWith("ssl.keystore"));
        Path configuration = broker.configuration("nobody", properties);
        assertFails(1, CapturedCommand.run(words(configuration, "topics")), "no TLS connection to the broker: ");
    }

    @Test
    void anUnsupportedMechanismIsReportedInOneLine() throws Exception {
        Map<String, String> properties = broker.properties(Login.SCRAM, "scram");
        properties.put("sasl.mechanism", "SCRAM-SHA-256");
        Path configuration = broker.configuration("mechanism", properties);
        assertFails(
                1,
                CapturedCommand.run(words(configuration, "topics")),
                "the broker refuses the login: ",
                "'SCRAM-SHA-256' not enabled");
    }

    @Test
    void aPlainConnectionToATlsListenerIsReportedInOneLine() throws Exception {
        String address = "localhost:" + broker.port(Login.SCRAM);
        assertFails(
                1,
                CapturedCommand.run("topics", "--bootstrap", address, "--set", "brokerTimeoutMillis=3000"),
                "no broker answers at " + address + " within 3000 ms over PLAINTEXT",
                "kafka.security.protocol");
    }

    @Test
    void aTlsConnectionToAPlainListenerIsReportedInOneLine() throws Exception {
        Path configuration = broker.configuration("tls", broker.properties(Login.CERTIFICATE, "tls"));
        assertFails(
                1,
                CapturedCommand.run(words(
                        configuration,
                        "topics",
                        "--bootstrap",
                        broker.plainAddress(),
                        "--set",
                        "brokerTimeoutMillis=3000")),
                "no broker answers at " + broker.plainAddress() + " within 3000 ms over SSL",
                "kafka.security.protocol");
    }

    /** Kafka's clients log at TRACE, with a valid password and with one that the broker rejects. */
    @Test
    void noLogLineAtAnyLevelContainsASecret() throws Exception {
        Path configuration = broker.user(Login.SCRAM, "talkative");
        broker.grant(Login.SCRAM.principal("talkative"), ALL);
        Path refused = broker.configuration("refused", broker.properties(Login.SCRAM, "unknown"));
        Path plain = broker.configuration("plain", broker.properties(Login.PLAIN, SecuredBroker.PLAIN_USER));
        Level level = LogManager.getRootLogger().getLevel();
        for (Path each : List.of(configuration, refused, plain)) {
            CapturedCommand command;
            Configurator.setRootLevel(Level.TRACE);
            try {
                command = CapturedCommand.run(words(each, "topics", "--json", "--debug"));
            } finally {
                Configurator.setRootLevel(level);
            }
            assertThat(command.err()).contains("TRACE").contains("[hidden]");
            assertThat(command.out() + command.err()).doesNotContain(broker.secret());
        }
    }
}
