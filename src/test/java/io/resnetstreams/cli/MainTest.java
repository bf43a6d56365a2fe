package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Help and messages for wrong usage and configuration. No test connects to a broker or uses a device. */
class MainTest {
    @TempDir
    private Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private static int execute(String... arguments) {
        return Main.commandLine().execute(arguments);
    }

    private List<String> errorLines() {
        return err.toString(UTF_8).lines().toList();
    }

    private void assertMistake(String message, String... arguments) {
        assertThat(execute(arguments)).isEqualTo(2);
        assertThat(errorLines()).singleElement().asString().contains(message);
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    static Stream<List<String>> commands() {
        List<List<String>> commands = new ArrayList<>();
        collect(Main.commandLine(), List.of(), commands);
        return commands.stream();
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> found) {
        if (command.getCommand() instanceof CommandLine.HelpCommand) {
            return;
        }
        found.add(path);
        command.getSubcommands().forEach((name, subcommand) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            collect(subcommand, longer, found);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(List<String> command) {
        List<String> arguments = new ArrayList<>(command);
        arguments.add("--help");
        assertThat(execute(arguments.toArray(String[]::new))).isZero();
        assertThat(out.toString(UTF_8)).contains("Usage: ").contains("Example");
        assertThat(out.toString(UTF_8).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    /**
     * picocli wraps each string of a description by itself, so a paragraph of several strings would have ragged lines.
     */
    @ParameterizedTest
    @MethodSource("commands")
    void eachParagraphOfHelpIsOneString(List<String> command) {
        CommandLine line = Main.commandLine();
        for (String name : command) {
            line = line.getSubcommands().get(name);
        }
        assertThat(line.getCommandSpec().usageMessage().description())
                .allMatch(paragraph ->
                        paragraph.isEmpty() || paragraph.matches("(?s).*[.:]") || paragraph.startsWith("  * "));
        assertThat(line.getCommandSpec().usageMessage().footer()).allMatch(text -> text.length() <= 80);
        assertThat(line.getCommandSpec().args()).allMatch(argument -> argument.description().length <= 1);
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString(UTF_8))
                .matches("(?s)resnet-streams \\d+\\.\\d+\\.\\d+\\S* \\(\\S+\\)\\R"
                        + "Kafka Streams \\d\\S+, DJL \\d\\S+, MXNet \\d\\S+, ONNX Runtime \\d\\S+, "
                        + "Java \\d\\S+\\RDevice: MXNet: \\S.*; ONNX Runtime: \\S.*");
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        assertThat(execute("completion")).isZero();
        assertThat(out.toString(UTF_8))
                .contains("complete -F")
                .contains("quantize")
                .contains("--from-beginning");
    }

    @Test
    void noCommandIsWrongUsage() {
        assertThat(execute()).isEqualTo(2);
        assertThat(errorLines()).hasSize(2).last().asString().isEqualTo("See 'resnet-streams --help'.");
    }

    @Test
    void anUnknownCommandIsReported() {
        assertThat(execute("fly")).isEqualTo(2);
        assertThat(errorLines().get(0)).contains("'fly'");
    }

    @Test
    void anUnknownOptionIsReportedWithItsCommandsHelp() {
        assertThat(execute("run", "--fast")).isEqualTo(2);
        assertThat(errorLines()).satisfiesExactly(line -> assertThat(line).contains("--fast"), line -> assertThat(line)
                .isEqualTo("See 'resnet-streams run --help'."));
    }

    @Test
    void aMistypedCommandOrOptionGetsASuggestion() {
        assertThat(execute("clasify")).isEqualTo(2);
        assertThat(execute("check", "--expectd", "offline.tsv")).isEqualTo(2);
        assertThat(errorLines()).hasSize(4);
        assertThat(errorLines().get(0)).endsWith("'clasify'; did you mean classify?");
        assertThat(errorLines().get(2)).contains("; did you mean --expected");
    }

    @Test
    void aMissingFileIsReported() {
        assertThat(execute("check", "--expected", "nowhere.tsv")).isEqualTo(2);
        assertThat(errorLines())
                .containsExactly("--expected nowhere.tsv: can't be read as text: there is no file nowhere.tsv");
    }

    @Test
    void anInvalidNumberIsReported() {
        assertThat(execute("broker", "--port", "many")).isEqualTo(2);
        assertThat(errorLines().get(0)).contains("--port", "many");
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.house=3, Kafka's server has no property 'log.retention.house'",
        "log.dirs=/somewhere, log.dirs can't be set",
        "log.retention.hours=long, log.retention.hours"
    })
    void aPropertyThatTheBrokerRejectsIsReported(String property, String message) {
        assertMistake(message, "broker", "--data", folder.toString(), "--port", "0", "--property", property);
    }

    @Test
    void aSettingWithoutValueIsWrongUsage() {
        assertThat(execute("topology", "--set", "batch.maxSize")).isEqualTo(2);
        assertThat(errorLines().get(0)).contains("--set", "batch.maxSize");
    }

    /** A login that the shell split because it was not quoted, and similar mistakes. */
    @Test
    void secretsInAnInvalidCommandLineAreHidden() {
        String[] unquoted = {"kafka.sasl.jaas.config=org.Module", "required", "username=u", "password=geheim;"};
        List<List<String>> slips = List.of(
                List.of(unquoted),
                List.of("kafka.ssl.key.password:geheim"),
                List.of("kafka.ssl.key.password", "geheim"),
                List.of("kafka.ssl.keystore.key: geheim"));
        for (List<String> slip : slips) {
            err.reset();
            List<String> arguments = new ArrayList<>(List.of("topics", "--set"));
            arguments.addAll(slip);
            assertThat(execute(arguments.toArray(String[]::new))).isEqualTo(2);
            assertThat(err.toString(UTF_8)).doesNotContain("geheim");
        }
        assertThat(errorLines().get(0)).contains("--set", "kafka.ssl.keystore.key: [hidden]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.security.protocol=SASL | Invalid value SASL for configuration security.protocol",
                "kafka.ssl.protocol=TLSv9 | TLSv9",
                "kafka.request.timeout.ms=soon | Invalid value soon for configuration request.timeout.ms",
                "kafka.ssl.truststore.location=pom.xml | pom.xml",
                "kafka.ssl.truststore.location=none.jks | kafka.ssl.truststore.location is 'none.jks'",
                "kafka.ssl.trust=x | kafka.ssl.trust: Kafka's clients have no property 'ssl.trust'",
                "kafka.ssl.key.password=${env:NO_SUCH} | there is no variable NO_SUCH"
            })
    void anInvalidKafkaPropertyIsReported(String settingAndMessage) {
        String[] parts = settingAndMessage.split(" \\| ");
        List<String> arguments = new ArrayList<>(List.of("labels", "--set", parts[0]));
        if (!parts[0].contains("protocol=SASL")) {
            arguments.addAll(List.of("--set", "kafka.security.protocol=SSL"));
        }
        assertMistake(parts[1], arguments.toArray(String[]::new));
    }

    @Test
    void aPortOutOfRangeIsReported() {
        assertMistake("--port is 70000; allowed are 0 to 65535", "broker", "--port", "70000");
    }

    @Test
    void anUnknownKeyIsReported() {
        assertMistake("unknown key 'batch.size'", "topology", "--set", "batch.size=3");
    }

    @Test
    void anInvalidValueIsReported() {
        assertMistake(
                "streamThreads is 257; allowed are 0 to 256",
                "run",
                "--bootstrap",
                "localhost:1",
                "--set",
                "streamThreads=257");
    }

    @Test
    void aMetricsPortInUseIsReported() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertMistake(
                    "metrics.port is " + port + " and metrics.host is '127.0.0.1', which can't be used: ",
                    "run",
                    "--bootstrap",
                    "localhost:1",
                    "--set",
                    "metrics.port=" + port);
        }
    }

    @Test
    void anUnknownMetricsHostIsReported() {
        assertMistake("metrics.host is 'no.such.host.invalid'", "run", "--set", "metrics.host=no.such.host.invalid");
    }

    @Test
    void aMissingConfigurationIsReported() {
        String file = folder.resolve("none.yaml").toString();
        assertMistake("--config " + file + ": there is no such file", "topology", "--config", file);
    }

    @Test
    void aMissingFileToClassifyIsReported() {
        String file = folder.resolve("none.png").toString();
        assertMistake(file + ": there is no such file", "classify", file);
    }

    @Test
    void aMissingModelIsReported() {
        String model = folder.resolve("none").toString();
        assertMistake("model " + model + ": there is no such directory", "model", "show", model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "100001"})
    void anInvalidRepetitionOfTheDemoIsReported(String repeat) {
        assertMistake("--repeat is " + repeat + "; allowed are 1 to 100000", "demo", "--repeat", repeat);
    }

    @Test
    void aFileAtThePathOfTheReportIsReported() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertMistake("--report " + file + ": " + file + " is a file", "bench", "--report", file.toString());
        String below = file.resolve("report").toString();
        err.reset();
        assertMistake("--report " + below + ": " + file + " is a file", "bench", "--report", below);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ceiling --engine tensorflow | engine is 'tensorflow'; allowed are auto, mxnet, onnxruntime",
                "ceiling --device tpu | device is 'tpu'; allowed are auto, cpu, gpu and gpu:N",
                "decode --device cpu | engine and device are used by ceiling, ",
                "memory --engine mxnet,onnxruntime | engines are compared by ceiling, "
            })
    void enginesAndDevicesThatBenchCannotMeasureAreReported(String arguments, String message) {
        assertMistake(message, ("bench " + arguments).split(" "));
    }

    @Test
    void aReportWithoutAFolderIsWrongUsage() {
        assertThat(execute("bench", "--report")).isEqualTo(2);
        assertThat(errorLines().get(0)).contains("--report");
    }

    @Test
    void anInvalidRateIsReported() {
        assertMistake("--rate is 0.0; it must be greater than 0", "produce", ".", "--rate", "0");
    }

    @Test
    void anInvalidCountIsReported() {
        assertMistake("--count is 0; at least 1 is needed", "labels", "--count", "0");
    }

    @Test
    void aReversedRangeIsReportedWithoutABroker() {
        assertMistake(
                "--from is 5 and --to is 3; --from must be before --to",
                "backfill",
                "--from=5",
                "--to=3",
                "--output=new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001"})
    void anInvalidNumberOfTopEventsIsReported(String top) {
        assertMistake("--top is " + top + "; allowed are 1 to 1000", "backfill", "diff", "live", "b", "--top", top);
    }

    @Test
    void anUnknownPictureFormatIsReported() {
        assertMistake(
                "--picture changes.gif: its ending must be .svg or .png",
                "backfill",
                "diff",
                "live",
                "b",
                "--picture",
                "changes.gif");
    }

    @Test
    void anOutputThatCannotBeATopicIsReported() {
        assertMistake(
                "B is 'a/b': an output is 'live', a backfill's run or a topic, whose name has 1 to 249",
                "backfill",
                "diff",
                "live",
                "a/b");
    }

    @Test
    void aComparisonNeedsTwoOutputs() {
        assertThat(execute("backfill", "diff", "live")).isEqualTo(2);
        assertThat(errorLines().get(0)).contains("'B'");
    }

    @Test
    void debuggingShowsTheStackTrace() {
        assertThat(execute("topology", "--debug", "--set", "batch.size=3")).isEqualTo(2);
        assertThat(errorLines()).hasSizeGreaterThan(5);
    }

    @Test
    void theTopologyIsPrintedAsText() {
        assertThat(execute("topology")).isZero();
        assertThat(out.toString(UTF_8)).contains("Source: read (topics: [image-events])");
    }

    @Test
    void theTopologyIsPrintedAsMermaid() {
        assertThat(execute("topology", "--format", "mermaid", "--set", "topics.input=pictures"))
                .isZero();
        assertThat(out.toString(UTF_8)).startsWith("flowchart LR").contains("pictures[(pictures)]");
    }

    @Test
    void withJsonStandardOutputHasOnlyJson() {
        assertThat(execute("topology", "--json")).isZero();
        assertThat(out.toString(UTF_8)).startsWith("{\"topology\":").hasLineCount(1);
        assertThat(err.toString(UTF_8)).contains("Source: read");
    }
}
