package io.resnetstreams.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.cli.SecuredBroker.Grant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With the ACLs listed in docs/security.md each command works; without any one of them its error names the missing one.
 */
class AccessIT {
    /** Prefix of the topics of an existing pipeline, for the commands that are denied. */
    private static final String EXISTING = "existing";

    private static final int IMAGES = 10;

    @TempDir
    private static Path folder;

    private static SecuredBroker broker;
    private static Path events;

    /** A command and the ACLs that docs/security.md lists for it. */
    private enum Command {
        TOPICS("topics"),
        PRODUCE("produce", "EVENTS"),
        RUN("run"),
        LABELS("labels", "--from-beginning", "--count", Integer.toString(IMAGES)),
        CHECK("check"),
        LIST("dlq", "list"),
        REPLAY("dlq", "replay"),
        BACKFILL("backfill", "--run", "again", "--from", "beginning", "--to", "now", "--output", "BACKFILL");

        private final List<String> words;

        Command(String... words) {
            this.words = List.of(words);
        }

        private List<Grant> needs(String name, String application) {
            Grant readInput = Grant.topic(name + "-in", AclOperation.READ);
            Grant writeInput = Grant.topic(name + "-in", AclOperation.WRITE);
            Grant readLabels = Grant.topic(name + "-out", AclOperation.READ);
            Grant readDeadLetters = Grant.topic(name + "-dlq", AclOperation.READ);
            return switch (this) {
                case TOPICS -> Stream.of("-in", "-out", "-dlq")
                        .flatMap(topic -> Stream.of(AclOperation.CREATE, AclOperation.DESCRIBE)
                                .map(operation -> Grant.topic(name + topic, operation)))
                        .toList();
                case PRODUCE -> List.of(writeInput);
                case RUN -> List.of(
                        readInput,
                        Grant.topic(name + "-out", AclOperation.WRITE),
                        Grant.topic(name + "-dlq", AclOperation.WRITE),
                        new Grant(ResourceType.GROUP, PatternType.LITERAL, application, AclOperation.READ),
                        prefixed(ResourceType.TRANSACTIONAL_ID, application + "-", AclOperation.WRITE));
                case LABELS -> List.of(readLabels);
                case CHECK -> List.of(readInput, readLabels, readDeadLetters);
                case LIST -> List.of(readDeadLetters);
                case REPLAY -> List.of(
                        readDeadLetters,
                        writeInput,
                        new Grant(
                                ResourceType.GROUP,
                                PatternType.LITERAL,
                                application + "-dlq-replay",
                                AclOperation.READ));
                case BACKFILL -> backfill(readInput, name, application);
            };
        }

        private static List<Grant> backfill(Grant readInput, String name, String application) {
            List<Grant> needs = new ArrayList<>();
            needs.add(readInput);
            needs.add(Grant.topic(name + "-in", AclOperation.DESCRIBE_CONFIGS));
            for (String output : List.of(name + "-again", name + "-again-dlq")) {
                for (AclOperation operation : List.of(
                        AclOperation.CREATE, AclOperation.DESCRIBE_CONFIGS, AclOperation.READ, AclOperation.WRITE)) {
                    needs.add(Grant.topic(output, operation));
                }
            }
            for (AclOperation operation : List.of(AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE)) {
                needs.add(Grant.topic(application + "-backfills", operation));
            }
            needs.add(prefixed(ResourceType.GROUP, application + "-backfill-", AclOperation.READ));
            needs.add(prefixed(ResourceType.TRANSACTIONAL_ID, application + "-backfill", AclOperation.WRITE));
            return needs;
        }

        private static Grant prefixed(ResourceType type, String prefix, AclOperation operation) {
            return new Grant(type, PatternType.PREFIXED, prefix, operation);
        }

        private List<String> line(String name, String application, String... connection) {
            List<String> line = new ArrayList<>(words);
            line.replaceAll(word -> switch (word) {
                case "EVENTS" -> events.toString();
                case "BACKFILL" -> name + "-again";
                default -> word;
            });
            line.addAll(List.of(connection));
            Map.of(
                            "applicationId",
                            application,
                            "topics.input",
                            name + "-in",
                            "topics.labels",
                            name + "-out",
                            "topics.deadLetters",
                            name + "-dlq",
                            "topics.partitions",
                            "2",
                            // There are few images, and measuring larger batches at startup would take most of the
                            // time.
                            "batch.maxSize",
                            "1")
                    .forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
            return line;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        broker = new SecuredBroker(folder);
        events = TestCluster.events(folder, IMAGES);
        String[] asAdministrator = {"--bootstrap", broker.plainAddress()};
        runAllCommands(EXISTING, command -> asAdministrator);
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    /** Supplies a command's connection options. */
    @FunctionalInterface
    private interface Connection {
        String[] of(Command command) throws Exception;
    }

    /** Runs all commands on topics with this name, each with its own connection. */
    private static void runAllCommands(String name, Connection connection) throws Exception {
        assertSucceeds(Command.TOPICS.line(name, name, connection.of(Command.TOPICS)));
        assertSucceeds(Command.PRODUCE.line(name, name, connection.of(Command.PRODUCE)));
        List<String> check = Command.CHECK.line(name, name, connection.of(Command.CHECK));
        InstanceProcess instance = InstanceProcess.command(Command.RUN.line(name, name, connection.of(Command.RUN)));
        try {
            instance.awaitRunning();
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> CapturedCommand.run(check).exitCode() == 0);
            assertSucceeds(Command.LABELS.line(name, name, connection.of(Command.LABELS)));
            assertSucceeds(Command.LIST.line(name, name, connection.of(Command.LIST)));
            assertSucceeds(Command.REPLAY.line(name, name, connection.of(Command.REPLAY)));
            assertSucceeds(Command.BACKFILL.line(name, name, connection.of(Command.BACKFILL)));
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> CapturedCommand.run(check).exitCode() == 0);
            assertThat(instance.terminate()).as(instance::log).isZero();
        } finally {
            instance.killIfAlive();
        }
    }

    private static void assertSucceeds(List<String> line) {
        CapturedCommand command = CapturedCommand.run(line);
        assertThat(command.exitCode()).as("%s: %s", line, command).isZero();
    }

    private static String[] connection(String user, List<Grant> grants) throws Exception {
        Path configuration = broker.user(Login.SCRAM, user);
        broker.grant(Login.SCRAM.principal(user), grants);
        return new String[] {"--config", configuration.toString()};
    }

    @Test
    void eachCommandWorksWithTheListedAcls() throws Exception {
        runAllCommands("granted", command -> connection(command.name(), command.needs("granted", "granted")));
    }

    /** A command with one ACL missing, which its error must name. Its application has not processed any events. */
    private record Denial(Command command, String application, List<Grant> grants, Grant missing) {
        /** Returns whether the missing ACL also hides the existence of the topic. Read and Write imply Describe. */
        private boolean hidesTopic() {
            return missing.type() == ResourceType.TOPIC
                    && command != Command.TOPICS
                    && grants.stream()
                            .filter(grant -> grant.name().equals(missing.name()))
                            .allMatch(grant -> grant.operation() == AclOperation.DESCRIBE_CONFIGS);
        }

        @Override
        public String toString() {
            return command + " without " + missing.operation() + " on " + missing.type() + " " + missing.name()
                    + ", with " + grants.size();
        }
    }

    static Stream<Denial> denials() {
        return denials(EnumSet.complementOf(EnumSet.of(Command.BACKFILL)));
    }

    static Stream<Denial> denialsOfBackfill() {
        return denials(EnumSet.of(Command.BACKFILL));
    }

    /** Returns a denial for each ACL of the commands; if that hides a topic, also one with only Describe. */
    private static Stream<Denial> denials(Set<Command> commands) {
        List<Denial> denials = new ArrayList<>();
        for (Command command : commands) {
            String topics = topics(command);
            int needed = command.needs(topics, "").size();
            for (int i = 0; i < needed; i++) {
                String application = "denied-" + command + "-" + denials.size();
                Denial denial = denial(command, application, i, false);
                denials.add(denial);
                if (denial.hidesTopic()) {
                    denials.add(denial(command, application + "-described", i, true));
                }
            }
        }
        return denials.stream();
    }

    private static Denial denial(Command command, String application, int missing, boolean described) {
        List<Grant> grants = new ArrayList<>(command.needs(topics(command), application));
        Grant left = grants.remove(missing);
        if (described) {
            grants.add(Grant.topic(left.name(), AclOperation.DESCRIBE));
        }
        return new Denial(command, application, grants, left);
    }

    /** Returns the prefix of the topics; {@code topics} needs topics that don't exist yet. */
    private static String topics(Command command) {
        return command == Command.TOPICS ? "new" : EXISTING;
    }

    @ParameterizedTest
    @Timeout(120)
    @MethodSource("denials")
    void aCommandNamesItsMissingAcl(Denial denial) throws Exception {
        assertNamesTheMissingAcl(denial);
    }

    @ParameterizedTest
    @Timeout(120)
    @Tag("full") // A backfill needs 16 ACLs. The test above covers a backfill with all of them.
    @MethodSource("denialsOfBackfill")
    void aBackfillNamesItsMissingAcl(Denial denial) throws Exception {
        assertNamesTheMissingAcl(denial);
    }

    private static void assertNamesTheMissingAcl(Denial denial) throws Exception {
        String[] connection = connection("denied", denial.grants());
        CapturedCommand command =
                CapturedCommand.run(denial.command().line(topics(denial.command()), denial.application(), connection));
        Grant missing = denial.missing();
        assertThat(command.exitCode()).as(command::toString).isEqualTo(1);
        assertThat(command.errorLines())
                .as(command::toString)
                .last()
                .asString()
                .contains("the broker's ACLs deny it: ")
                .containsIgnoringCase(missing.operation().name().replace("_", ""))
                .contains(missing.type() == ResourceType.TRANSACTIONAL_ID ? "transactional ids" : missing.name());
        if (denial.command() == Command.TOPICS) {
            broker.deleteTopics("new-in", "new-out", "new-dlq");
        }
    }

    @Test
    void aPipelinesUserCanNeitherProduceNorReadLabels() throws Exception {
        String[] connection = connection("narrow", Command.RUN.needs(EXISTING, EXISTING));
        for (Command other : List.of(Command.PRODUCE, Command.LABELS, Command.CHECK, Command.LIST)) {
            CapturedCommand command = CapturedCommand.run(other.line(EXISTING, EXISTING, connection));
            assertThat(command.exitCode()).as(command::toString).isEqualTo(1);
            assertThat(command.err()).contains("the broker's ACLs deny it: ");
        }
    }
}
