package io.resnetstreams.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks links, sizes and names in the documentation. */
class DocumentationTest {
    private static final int MOST_COLUMNS = 120;
    private static final int MOST_WORDS = 2_500;
    private static final int README_LINES = 200;
    private static final int SHORTEST_TEXT = 8;
    private static final Pattern CODE_SPAN = Pattern.compile("`([^`\n]+)`");
    /** Matches the simple name of a class. */
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z]+[A-Za-z]*");

    static Stream<Path> pages() {
        return Markdown.pages().stream();
    }

    static Stream<Path> all() {
        return Markdown.all().stream();
    }

    @Test
    void thereArePages() {
        assertThat(Markdown.pages())
                .map(page -> page.getFileName().toString())
                .contains("architecture.md", "cli.md", "configuration.md", "troubleshooting.md", "upgrading.md");
    }

    @ParameterizedTest
    @MethodSource("all")
    void linksHaveTargets(Path path) {
        List<String> broken = new ArrayList<>();
        Markdown page = Markdown.read(path);
        for (String link : page.localLinks()) {
            String[] parts = link.split("#", 2);
            Path target =
                    parts[0].isEmpty() ? path : path.resolveSibling(parts[0]).normalize();
            if (!Files.exists(target)) {
                broken.add(link + ": there is no " + target);
            } else if (parts.length == 2 && !Markdown.read(target).anchors().contains(parts[1])) {
                broken.add(link + ": " + target + " has no such heading");
            }
        }
        assertThat(broken).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    void linesOfProseAreShort(Path path) {
        assertThat(Markdown.read(path).lines())
                .filteredOn(line -> line.kind() == Markdown.Kind.PROSE)
                .filteredOn(line -> line.text().codePointCount(0, line.text().length()) > MOST_COLUMNS)
                .map(line -> path + ":" + line.number())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void pagesAreShort(Path path) {
        assertThat(Markdown.read(path).words()).isLessThanOrEqualTo(MOST_WORDS);
    }

    @Test
    void theReadmeIsShort() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));
        assertThat(lines).hasSizeLessThan(README_LINES);
        assertThat(lines)
                .filteredOn(line -> line.codePointCount(0, line.length()) > MOST_COLUMNS)
                .isEmpty();
    }

    @Test
    void theReadmeLinksToEveryPage() {
        Set<String> linked = Markdown.read(Path.of("README.md")).localLinks().stream()
                .map(link -> link.replaceFirst("#.*", ""))
                .collect(Collectors.toSet());
        assertThat(Markdown.pages())
                .filteredOn(page -> page.getNameCount() == 2)
                .map(page -> page.toString().replace('\\', '/'))
                .allSatisfy(page -> assertThat(linked).contains(page));
    }

    @Test
    void theArchitectureNamesClassesThatExist() throws IOException {
        Set<String> classes = new TreeSet<>();
        for (Path root : List.of(Path.of("target", "classes"), Path.of("target", "test-classes"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".class"))
                        .forEach(name -> classes.add(name.replaceFirst("\\.class$", "")));
            }
        }
        List<String> named = new ArrayList<>();
        for (Markdown.Line line :
                Markdown.read(Path.of("docs", "architecture.md")).lines()) {
            Matcher span = CODE_SPAN.matcher(line.text());
            while (line.kind() != Markdown.Kind.CODE && span.find()) {
                if (CLASS_NAME.matcher(span.group(1)).matches()) {
                    named.add(span.group(1));
                }
            }
        }
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(classes).containsAll(named);
    }

    @Test
    void theConfigurationPageHasEveryKeyWithItsDefault() throws IOException {
        JsonNode defaults =
                new YAMLMapper().readTree(Path.of("topology", "pipeline.yaml").toFile());
        List<String> expected = new ArrayList<>();
        leaves("", defaults, expected);
        Pattern row = Pattern.compile("\\| `([A-Za-z0-9.]+)` \\| (?:`([^`]*)`|see below) \\| .+ \\|");
        List<String> listed = new ArrayList<>();
        for (Markdown.Line line :
                Markdown.read(Path.of("docs", "configuration.md")).lines()) {
            Matcher match = row.matcher(line.text());
            if (match.matches()) {
                listed.add(match.group(1) + " = " + (match.group(2) == null ? "see below" : match.group(2)));
            }
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
    }

    /**
     * Adds each leaf as KEY = DEFAULT. Kafka's properties have no defaults, and its metrics are listed below the table.
     */
    private static void leaves(String prefix, JsonNode node, List<String> found) {
        node.properties().forEach(field -> {
            String key = prefix + field.getKey();
            if (key.equals("metrics.kafka")) {
                found.add(key + " = see below");
            } else if (field.getValue().isObject()) {
                leaves(key + ".", field.getValue(), found);
            } else {
                found.add(key + " = " + field.getValue().asText());
            }
        });
    }

    @Test
    void theConfigurationPageListsTheExportedMetricsOfKafka() throws IOException {
        JsonNode defaults =
                new YAMLMapper().readTree(Path.of("topology", "pipeline.yaml").toFile());
        List<String> listed = Markdown.read(Path.of("docs", "configuration.md")).section("## metrics").stream()
                .filter(line -> line.language().equals("text"))
                .map(Markdown.Line::text)
                .toList();
        assertThat(listed)
                .containsExactly(defaults.at("/metrics/kafka").asText().strip().split(",\\s*"));
    }

    @Test
    void eachAlertHasASection() throws IOException {
        Set<String> alerts = new TreeSet<>();
        JsonNode rules =
                new YAMLMapper().readTree(Path.of("deploy", "alerts.yml").toFile());
        rules.findValuesAsText("alert").forEach(alerts::add);
        List<String> sections = Markdown.read(Path.of("docs", "troubleshooting.md")).section("## Alerts").stream()
                .map(Markdown.Line::text)
                .filter(text -> text.startsWith("### "))
                .map(text -> text.substring(4))
                .sorted(Comparator.naturalOrder())
                .toList();
        assertThat(alerts).hasSizeGreaterThan(5);
        assertThat(sections).containsExactlyElementsOf(alerts);
    }

    @Test
    void theListedCodesOfDeadLettersAreInTheSources() throws IOException {
        String sources = sources();
        List<String> codes = new ArrayList<>();
        for (Markdown.Line line :
                Markdown.read(Path.of("docs", "dead-letters.md")).section("## Codes")) {
            Matcher span = CODE_SPAN.matcher(line.text());
            while (line.kind() == Markdown.Kind.TABLE && span.find()) {
                codes.add('"' + span.group(1) + '"');
            }
        }
        // Stages are enum constants.
        codes.removeAll(List.of("\"event\"", "\"limits\"", "\"fetch\"", "\"decode\"", "\"classify\""));
        assertThat(codes).hasSizeGreaterThan(20);
        assertThat(sources).contains(codes.toArray(String[]::new));
    }

    /** In a quoted message, … stands for what varies; the rest must occur in the sources. */
    @Test
    void theQuotedMessagesAreInTheSources() throws IOException {
        String sources = sources().replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("\\s+", " ");
        List<String> texts = new ArrayList<>();
        Matcher span = CODE_SPAN.matcher(Files.readString(Path.of("docs", "troubleshooting.md")));
        while (span.find()) {
            if (span.group(1).contains("…")) {
                Stream.of(span.group(1).split("…|\\d+|'[^']*'|\\b[A-Z]{2,}|resnet-streams"))
                        .map(text -> text.replaceAll("^[ .:;,']+|[ .:;,']+$", ""))
                        .filter(text -> text.length() > SHORTEST_TEXT)
                        .forEach(texts::add);
            }
        }
        assertThat(texts).hasSizeGreaterThan(5);
        assertThat(texts)
                .allSatisfy(text -> assertThat(sources.contains(text)).as(text).isTrue());
    }

    private static String sources() throws IOException {
        StringBuilder sources = new StringBuilder(Files.readString(Path.of("resnet-streams")));
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.append(Files.readString(file));
            }
        }
        return sources.toString();
    }
}
