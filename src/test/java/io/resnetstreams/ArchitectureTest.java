package io.resnetstreams;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.resnetstreams.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the packages, and how large the whole may be. */
class ArchitectureTest {
    private static final String ROOT = "io.resnetstreams.";
    private static final Path SOURCES = Path.of("src", "main", "java");

    /** From the top: a package may import from those before it. Those not listed may import from anywhere. */
    private static final List<String> ORDER = List.of(
            "common",
            "events",
            "image",
            "model",
            "inference",
            "topology",
            "backfill",
            "broker",
            "metrics",
            "web",
            "bench");

    private static final String[] KAFKA = {"org.apache.kafka..", "kafka.."};
    private static final String[] DJL = {"ai.djl.."};
    private static final String[] PROMETHEUS = {"io.prometheus.."};

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.resnetstreams");

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static ArchRule noneIn(String name, String[] unknown) {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(unknown));
    }

    static Stream<String> orderedPackages() {
        return ORDER.stream();
    }

    @Test
    void thereAreClassesToLookAt() {
        assertThat(CLASSES.size()).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("orderedPackages")
    void importsPointUp(String name) {
        String[] allowed = ORDER.subList(0, ORDER.indexOf(name) + 1).stream()
                .map(above -> ROOT + above + "..")
                .toArray(String[]::new);
        check(classes()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage("io.resnetstreams..").or(resideInAnyPackage(allowed))));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching(ROOT + "(*)..").should().beFreeOfCycles());
    }

    @Test
    void imagesKnowNeitherKafkaNorTheEngine() {
        check(noneIn("image", KAFKA));
        check(noneIn("image", DJL));
    }

    @Test
    void modelsDoNotKnowKafka() {
        check(noneIn("model", KAFKA));
    }

    @Test
    void inferenceDoesNotKnowKafka() {
        check(noneIn("inference", KAFKA));
    }

    @Test
    void theTopologyKnowsNeitherTheEngineNorPrometheus() {
        check(noneIn("topology", DJL));
        check(noneIn("topology", PROMETHEUS));
    }

    @Test
    void backfillDoesNotKnowPrometheus() {
        check(noneIn("backfill", PROMETHEUS));
    }

    @Test
    void theBrokerKnowsNothingOfOurs() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "broker..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.resnetstreams..").and(resideOutsideOfPackage(ROOT + "broker.."))));
    }

    @Test
    void onlyMetricsKnowPrometheus() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "metrics..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(PROMETHEUS)));
    }

    @Test
    void onlyMainEndsTheProcess() {
        check(noClasses()
                .that()
                .doNotBelongToAnyOf(Main.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod("io.resnetstreams.cli.CLibrary", "_exit", "int"));
    }

    @Test
    void noSourceHasMoreThan300Lines() throws IOException {
        Map<Path, Long> tooLong = linesOfSources();
        tooLong.values().removeIf(lines -> lines <= 300);
        assertThat(tooLong).isEmpty();
    }

    private static Map<Path, Long> linesOfSources() throws IOException {
        Map<Path, Long> lines = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                lines.put(file, (long) Files.readAllLines(file).size());
            }
        }
        return lines;
    }
}
