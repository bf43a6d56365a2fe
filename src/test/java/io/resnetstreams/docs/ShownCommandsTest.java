package io.resnetstreams.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.resnetstreams.cli.WholeCommandLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Each command in the documentation can be parsed; none is run. */
class ShownCommandsTest {
    /** Can be shared, since parsing resets its state. */
    private static final CommandLine COMMANDS = WholeCommandLine.create();

    private static final Pattern IN_PROSE = Pattern.compile("`((?:\\./)?resnet-streams [^`]+)`");

    /** A command and the page that shows it. */
    record Shown(Path page, List<String> arguments) {
        @Override
        public String toString() {
            return page + ": resnet-streams " + String.join(" ", arguments);
        }
    }

    static Stream<Shown> commands() {
        return Markdown.all().stream().flatMap(path -> shown(Markdown.read(path)).stream());
    }

    private static List<Shown> shown(Markdown page) {
        StringBuilder script = new StringBuilder();
        List<Shown> shown = new ArrayList<>();
        for (Markdown.Line line : page.lines()) {
            String text = line.text();
            switch (line.language()) {
                case "sh" -> script.append(text).append('\n');
                case "console" -> script.append(text.startsWith("$ ") ? text.substring(2) + "\n" : "");
                default -> {
                    Matcher span = IN_PROSE.matcher(text);
                    while (line.kind() != Markdown.Kind.CODE && span.find()) {
                        // COMMAND and … are placeholders.
                        if (!span.group(1).matches(".*(COMMAND|…).*")) {
                            script.append(span.group(1)).append('\n');
                        }
                    }
                }
            }
        }
        for (List<String> words : ShellCommands.of(script.toString())) {
            if (words.get(0).matches("(.*/)?resnet-streams")) {
                shown.add(new Shown(page.path(), words.subList(1, words.size())));
            }
        }
        return shown;
    }

    @Test
    void commandsAreFound() {
        assertThat(commands()).hasSizeGreaterThan(40);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aShownCommandParses(Shown shown) {
        assertThatCode(() -> COMMANDS.parseArgs(shown.arguments().toArray(String[]::new)))
                .as(shown.toString())
                .doesNotThrowAnyException();
    }

    @Test
    void scriptsAreSplitAsAShellSplitsThem() {
        assertThat(ShellCommands.of("a 'b c' # d\ne \"f \\\" g\" \\\n  h | i >j && source <(k l)"))
                .containsExactly(
                        List.of("a", "b c"),
                        List.of("e", "f \\\" g", "h"),
                        List.of("i"),
                        List.of("source"),
                        List.of("k", "l"));
    }
}
