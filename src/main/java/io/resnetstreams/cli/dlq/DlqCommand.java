package io.resnetstreams.cli.dlq;

import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.deadletter.StoredDeadLetter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Groups the commands for dead letters. */
@Command(
        name = "dlq",
        description = "List, show, export and resend dead letters.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DlqCommand.ListCommand.class,
            DlqCommand.ShowCommand.class,
            DlqResendCommand.class,
            DlqCommand.ExportCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {"", "Example:", "  resnet-streams dlq list --bootstrap localhost:9092"})
public final class DlqCommand {
    private static final int MOST_EXAMPLES = 3;

    @Command(
            name = "list",
            description = "Count dead letters by stage and code, with examples.",
            footer = {"", "Example:", "  resnet-streams dlq list --stage decode"})
    static final class ListCommand extends DeadLettersCommand {
        /** A group in JSON. */
        record Group(String stage, String code, AtomicLong count, List<StoredDeadLetter.Summary> examples) {}

        @Override
        public Integer call() {
            Map<String, Group> groups = new TreeMap<>();
            forEach(letter -> {
                StoredDeadLetter.Summary summary = letter.summary();
                Group group = groups.computeIfAbsent(
                        summary.stage() + " " + summary.code(),
                        key -> new Group(summary.stage(), summary.code(), new AtomicLong(), new ArrayList<>()));
                if (group.count().getAndIncrement() < MOST_EXAMPLES) {
                    group.examples().add(summary);
                }
            });
            for (Group group : groups.values()) {
                output.printf(
                        "%-10s %-18s %,8d%n",
                        group.stage(), group.code(), group.count().get());
                group.examples()
                        .forEach(example -> output.println(
                                "    " + example.position() + "  key " + example.key() + ": " + example.reason()));
            }
            long total = groups.values().stream()
                    .mapToLong(group -> group.count().get())
                    .sum();
            output.printJson(Map.of("deadLetters", total, "groups", groups.values()));
            output.printf("%s%n", Text.count(total, "dead letter"));
            return 0;
        }
    }

    @Command(
            name = "show",
            description = {
                "Show the source, key, reason and size of each dead letter.",
                "",
                "With --json, print one line for each."
            },
            footer = {"", "Example:", "  resnet-streams dlq show --position image-events-dlq-3@17"})
    static final class ShowCommand extends DeadLettersCommand {
        @Override
        public Integer call() {
            long[] shown = {0};
            forEach(letter -> {
                shown[0]++;
                StoredDeadLetter.Summary summary = letter.summary();
                output.printJson(summary);
                output.printf(
                        "%s  from %s%n  key %s, %,d bytes, %d retries%n  %s %s: %s%n  %s%n",
                        summary.position(),
                        summary.source(),
                        summary.key(),
                        summary.bytes(),
                        summary.retries(),
                        summary.stage(),
                        summary.code(),
                        summary.reason(),
                        summary.exception());
            });
            if (shown[0] == 0) {
                throw UserErrorException.shortfall("no dead letter matches", null);
            }
            return 0;
        }
    }

    @Command(
            name = "export",
            description =
                    "Write the value of each selected dead letter to a file, named PARTITION-OFFSET after its position"
                            + " in the dead-letter topic.",
            footer = {"", "Example:", "  resnet-streams dlq export broken --stage decode"})
    static final class ExportCommand extends DeadLettersCommand {
        @Parameters(paramLabel = "DIR", description = "Output directory.")
        private Path directory;

        @Override
        public Integer call() throws IOException {
            Files.createDirectories(directory);
            long[] written = {0};
            long[] withoutContent = {0};
            forEach(letter -> {
                if (!letter.hasContent()) {
                    withoutContent[0]++;
                    return;
                }
                // No field of an event may become part of a path.
                Path file = directory.resolve(
                        letter.record().partition() + "-" + letter.record().offset());
                byte[] value = letter.record().value();
                try {
                    Files.write(file, value == null ? new byte[0] : value);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot write " + file, e);
                }
                written[0]++;
                output.printJson(Map.of("file", file.toString(), "deadLetter", letter.summary()));
            });
            output.printf(
                    "files written to %s: %,d; dead letters without content: %,d%n",
                    directory, written[0], withoutContent[0]);
            return 0;
        }
    }
}
