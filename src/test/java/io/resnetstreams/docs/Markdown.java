package io.resnetstreams.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of the documentation: its lines, split into prose, tables and code. */
final class Markdown {
    private static final List<String> AT_THE_ROOT =
            List.of("README.md", "RATIONALE.md", "CONTRIBUTING.md", "CHANGELOG.md");
    private static final Path DOCS = Path.of("docs");
    private static final Pattern FENCE = Pattern.compile("\\s*```\\s*(\\S*).*");
    private static final Pattern HEADING = Pattern.compile("#+ (.*)");
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern CODE_SPAN = Pattern.compile("`[^`]*`");

    /** The kind of a line. */
    enum Kind {
        PROSE,
        TABLE,
        CODE
    }

    /** @param language of the code block; empty elsewhere */
    record Line(int number, String text, Kind kind, String language) {}

    private final Path path;
    private final List<Line> lines;

    private Markdown(Path path, List<Line> lines) {
        this.path = path;
        this.lines = lines;
    }

    static Markdown read(Path path) {
        List<Line> lines = new ArrayList<>();
        boolean inCode = false;
        String language = "";
        for (String text : textOf(path).split("\n", -1)) {
            Matcher fence = FENCE.matcher(text);
            boolean isFence = fence.matches();
            if (isFence) {
                inCode = !inCode;
                language = inCode ? fence.group(1) : "";
            }
            Kind kind = isFence || inCode ? Kind.CODE : text.startsWith("|") ? Kind.TABLE : Kind.PROSE;
            lines.add(new Line(lines.size() + 1, text, kind, isFence ? "" : language));
        }
        return new Markdown(path, lines);
    }

    private static String textOf(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the pages below {@code docs}, sorted by name. */
    static List<Path> pages() {
        try (Stream<Path> files = Files.walk(DOCS)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the pages below {@code docs} and those in the root folder. */
    static List<Path> all() {
        return Stream.concat(AT_THE_ROOT.stream().map(Path::of), pages().stream())
                .toList();
    }

    Path path() {
        return path;
    }

    List<Line> lines() {
        return lines;
    }

    long words() {
        return lines.stream()
                .flatMap(line -> Stream.of(line.text().split("\\s+")))
                .filter(word -> !word.isEmpty())
                .count();
    }

    /** Returns the targets of the links in prose and tables, without links to other sites. */
    List<String> localLinks() {
        String text = String.join(
                "\n",
                lines.stream()
                        .filter(line -> line.kind() != Kind.CODE)
                        .map(Line::text)
                        .toList());
        List<String> links = new ArrayList<>();
        Matcher matcher = LINK.matcher(CODE_SPAN.matcher(text).replaceAll("`"));
        while (matcher.find()) {
            if (!matcher.group(1).matches("[a-z]+:.*")) {
                links.add(matcher.group(1));
            }
        }
        return links;
    }

    /** Returns the anchors of the headings, as GitHub makes them. */
    Set<String> anchors() {
        Set<String> anchors = new TreeSet<>();
        for (Line line : lines) {
            Matcher heading = HEADING.matcher(line.text());
            if (line.kind() == Kind.PROSE && heading.matches()) {
                String anchor = heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-');
                String unique = anchor;
                for (int again = 1; !anchors.add(unique); again++) {
                    unique = anchor + "-" + again;
                }
            }
        }
        return anchors;
    }

    /** Returns the lines of a section and its subsections, up to the next heading of the same or a higher level. */
    List<Line> section(String heading) {
        String marks = heading.replaceFirst(" .*", "");
        List<Line> section = new ArrayList<>();
        for (Line line : lines) {
            boolean isHeading = line.kind() == Kind.PROSE && line.text().matches("#{1," + marks.length() + "} .*");
            if (!section.isEmpty() && isHeading) {
                break;
            }
            if (!section.isEmpty() || line.text().equals(heading)) {
                section.add(line);
            }
        }
        if (section.isEmpty()) {
            throw new IllegalArgumentException(path + " has no section '" + heading + "'");
        }
        return section;
    }
}
