package io.resnetstreams.docs;

import io.resnetstreams.cli.WholeCommandLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Generates the command-line reference in Markdown from picocli's specifications: an index, a page for the commands
 * without subcommands, and a page for each group of subcommands.
 */
final class CommandLinePages {
    static final Path INDEX = Path.of("docs", "cli.md");
    private static final Path FOLDER = Path.of("docs", "cli");
    private static final String SINGLE = "commands";
    private static final int SYNOPSIS_COLUMNS = 110;
    /** Options that are explained only in the index. */
    private static final Set<String> COMMON =
            Set.of("--bootstrap", "--config", "--debug", "--help", "--json", "--set", "--version");

    private final CommandLine root = WholeCommandLine.create();
    private final CommandLine typical = root.getSubcommands().get("run");

    /** Returns the text of each page. */
    Map<Path, String> pages() {
        Map<Path, String> pages = new LinkedHashMap<>();
        pages.put(INDEX, index());
        MarkdownText single = page("Commands");
        for (CommandLine command : subcommands(root)) {
            if (subcommands(command).isEmpty()) {
                section(single, command);
            } else {
                String name = command.getCommandName();
                MarkdownText group = page(name);
                sections(group, command);
                pages.put(FOLDER.resolve(name + ".md"), group.toString());
            }
        }
        pages.put(FOLDER.resolve(SINGLE + ".md"), single.toString());
        return pages;
    }

    private static MarkdownText page(String title) {
        MarkdownText page = new MarkdownText();
        page.heading(1, title);
        page.paragraph("Options that many commands share are in the [index](../cli.md#common-options).");
        return page;
    }

    private String index() {
        MarkdownText page = new MarkdownText();
        page.heading(1, "Command line");
        page.paragraph("`resnet-streams COMMAND` is the launcher in the distribution's `bin`; in a source tree it is"
                + " `./resnet-streams`. Each command has `--help` and a man page.");
        page.line("| command | what it does |");
        page.line("| --- | --- |");
        indexRows(page, root);
        page.heading(2, "Common options");
        for (OptionSpec option : options(typical.getCommandSpec())) {
            if (COMMON.contains(option.longestName())) {
                page.item(entry(option));
            }
        }
        page.heading(2, "Exit codes");
        page.item("0: done");
        page.item("1: it ran, and something fell short; also where standard output can't be written");
        page.item("2: wrong usage or configuration; the message names what was found and what is allowed");
        page.paragraph("A reader that goes away, as in `labels | head`, changes no exit code."
                + " [Troubleshooting](troubleshooting.md#exit-codes) has more.");
        page.paragraph("This page and those in `cli` are generated from the commands themselves. To write them again:");
        page.code("sh", "mvn -B test -Dtest=CommandLinePagesTest -Ddocs.write=true");
        return page.toString();
    }

    private void indexRows(MarkdownText page, CommandLine parent) {
        for (CommandLine command : subcommands(parent)) {
            String name = name(command);
            page.line("| [`" + name + "`](" + target(command) + ") | " + summary(command.getCommandSpec()) + " |");
            indexRows(page, command);
        }
    }

    private String target(CommandLine command) {
        String group = name(command).replaceFirst(" .*", "");
        String file = subcommands(root.getSubcommands().get(group)).isEmpty() ? SINGLE : group;
        return "cli/" + file + ".md#" + name(command).replace(' ', '-');
    }

    private void sections(MarkdownText page, CommandLine command) {
        section(page, command);
        subcommands(command).forEach(subcommand -> sections(page, subcommand));
    }

    private void section(MarkdownText page, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.heading(2, name(command));
        page.paragraph(MarkdownText.escaped(text(spec.usageMessage().description())));
        page.code("text", synopsis(command));
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            page.item("`" + parameter.paramLabel() + "`: " + description(parameter));
        }
        for (OptionSpec option : options(spec)) {
            if (!isCommon(option)) {
                page.item(entry(option));
            }
        }
        String common = options(spec).stream()
                .filter(this::isCommon)
                .map(OptionSpec::longestName)
                .filter(name -> !name.equals("--help") && !name.equals("--version"))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        if (!common.isEmpty()) {
            page.item("common options: " + common);
        }
        examples(page, spec);
    }

    /**
     * Adds a command's footer: its notes, and the commands below "Example:". A backslash at the end of a line continues
     * a command.
     */
    private static void examples(MarkdownText page, CommandSpec spec) {
        List<String> commands = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        String footer = String.format(String.join("%n", spec.usageMessage().footer()));
        for (String line : footer.replaceAll("\\\\\\R\\s*", "").split("\\R")) {
            String text = line.strip().replaceFirst("^Examples?:\\s*", "");
            if (text.contains("resnet-streams ")) {
                commands.add(MarkdownText.wrappedCommand(text));
            } else if (!text.isEmpty()) {
                notes.add(text);
            }
        }
        if (!commands.isEmpty()) {
            page.code("sh", String.join("\n", commands));
        }
        notes.forEach(note -> page.paragraph(MarkdownText.escaped(note)));
    }

    private static String synopsis(CommandLine command) {
        command.setUsageHelpWidth(SYNOPSIS_COLUMNS);
        return new CommandLine.Help(command.getCommandSpec(), CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .synopsis(0)
                .stripTrailing();
    }

    private boolean isCommon(OptionSpec option) {
        OptionSpec usual = typical.getCommandSpec().findOption(option.longestName());
        return COMMON.contains(option.longestName())
                && usual != null
                && text(usual.description()).equals(text(option.description()));
    }

    private static String entry(OptionSpec option) {
        String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        String optional = option.arity().min() == 0 && !label.isEmpty() ? "[" + label + "]" : label;
        return "`" + option.longestName() + optional + "`: " + description(option);
    }

    private static String description(ArgSpec argument) {
        return MarkdownText.escaped(text(argument.description()));
    }

    private static String text(String[] lines) {
        return Ansi.OFF
                .string(String.format(String.join(" ", lines)))
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** Returns the description up to the first full stop, colon or semicolon. */
    private static String summary(CommandSpec spec) {
        String all = text(spec.usageMessage().description());
        return MarkdownText.escaped(all.replaceFirst("[.:;]( .*|$)", "")).replace("|", "\\|");
    }

    private static List<OptionSpec> options(CommandSpec spec) {
        return spec.options().stream()
                .filter(option -> !option.hidden())
                .sorted(Comparator.comparing(OptionSpec::longestName))
                .toList();
    }

    private static List<CommandLine> subcommands(CommandLine command) {
        return command.getSubcommands().values().stream()
                .filter(subcommand -> !(subcommand.getCommand() instanceof CommandLine.HelpCommand))
                .distinct()
                .toList();
    }

    /** Returns a command's name without the program's name. */
    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName().replaceFirst("^resnet-streams ", "");
    }
}
