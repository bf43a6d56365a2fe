package io.resnetstreams;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.resnetstreams.service.ProcessEnd;
import io.resnetstreams.service.Termination;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the dependencies between packages and the size of packages and sources. */
class ArchitectureTest {
    private static final String ROOT = "io.resnetstreams.";
    private static final Path SOURCES = Path.of("src", "main", "java");

    /** Every package, in order: a package may only import from those listed before it. */
    private static final List<String> ORDER = List.of(
            "common",
            "registry",
            "events",
            "fetch",
            "image",
            "model.network",
            "model.onnx",
            "model",
            "model.data",
            "model.convert",
            "model.train",
            "inference.batch",
            "inference.engine",
            "inference",
            "precision",
            "topology",
            "kafka",
            "metrics",
            "config",
            "audit",
            "web",
            "service",
            "deadletter",
            "backfill",
            "compare",
            "report",
            "monitor",
            "demo",
            "bench",
            "cli.options",
            "cli.model",
            "cli.backfill",
            "cli.dlq",
            "cli");

    private static final int MOST_CLASSES = 40;
    private static final int MOST_CLASSES_OF_CLI = 16;

    private static final String[] KAFKA = {"org.apache.kafka..", "kafka.."};
    private static final String[] DJL = {"ai.djl.."};
    private static final String[] PROMETHEUS = {"io.prometheus.."};
    private static final String[] STORES = {"software.amazon..", "org.apache.hc.."};

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
    void classesAreFound() {
        assertThat(CLASSES.size()).isGreaterThan(100);
    }

    @Test
    void everyPackageIsListed() throws IOException {
        Set<String> packages = new TreeSet<>();
        for (Path file : linesOfSources().keySet()) {
            packages.add(SOURCES.resolve(Path.of("io", "resnetstreams"))
                    .relativize(file.getParent())
                    .toString()
                    .replace(File.separatorChar, '.'));
        }
        assertThat(ORDER).containsExactlyInAnyOrderElementsOf(packages);
    }

    @ParameterizedTest
    @MethodSource("orderedPackages")
    void importsFollowTheOrder(String name) {
        String[] allowed = ORDER.subList(0, ORDER.indexOf(name) + 1).stream()
                .map(above -> ROOT + above)
                .toArray(String[]::new);
        check(classes()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage("io.resnetstreams..").or(resideInAnyPackage(allowed))));
    }

    @Test
    void onlyTheCommandLineImportsTheCommandLine() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "cli..")));
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "cli.*")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "cli")));
        for (String group : List.of("model", "backfill", "dlq")) {
            check(noClasses()
                    .that()
                    .resideOutsideOfPackages(ROOT + "cli", ROOT + "cli." + group)
                    .should()
                    .dependOnClassesThat(resideInAPackage(ROOT + "cli." + group)));
        }
    }

    @ParameterizedTest
    @MethodSource("orderedPackages")
    void packagesAreSmall(String name) throws IOException {
        Path folder = SOURCES.resolve(Path.of("io", "resnetstreams")).resolve(name.replace('.', '/'));
        long classes = linesOfSources().keySet().stream()
                .filter(file -> file.getParent().equals(folder) && !file.endsWith("package-info.java"))
                .count();
        assertThat(classes).isBetween(1L, (long) (name.equals("cli") ? MOST_CLASSES_OF_CLI : MOST_CLASSES));
        List<String> description = Files.readAllLines(folder.resolve("package-info.java"));
        assertThat(description).hasSizeBetween(3, 10);
        assertThat(description.get(0)).isEqualTo("/**");
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
        check(noneIn("kafka", DJL));
        check(noneIn("topology", PROMETHEUS));
    }

    @Test
    void backfillDoesNotKnowPrometheus() {
        check(noneIn("backfill", PROMETHEUS));
    }

    @Test
    void theBrokerDependsOnlyOnItsLock() {
        check(classes()
                .that()
                .haveSimpleName("EmbeddedBroker")
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("io.resnetstreams..")
                        .or(simpleName("EmbeddedBroker"))
                        .or(simpleName("DirectoryLock"))));
    }

    @Test
    void onlyTheEngineAndModelsDependOnMoreOfDjlThanDevices() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "model..", ROOT + "inference.engine", ROOT + "bench..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(DJL)));
    }

    @Test
    void onlyFetchKnowsTheClientsOfStores() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "fetch")
                .should()
                .dependOnClassesThat(resideInAnyPackage(STORES)));
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
    void onlyProcessEndExitsTheProcess() {
        check(noClasses()
                .that()
                .doNotBelongToAnyOf(ProcessEnd.class)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod("io.resnetstreams.service.CLibrary", "_exit", "int"));
    }

    /** A hook of a command would stay in a JVM that runs several commands, and could change its exit code. */
    @Test
    void onlyMainHandlesSignals() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.resnetstreams.cli.Main")
                .should()
                .callMethod(Termination.class, "handleSignals"));
        check(noClasses()
                .that()
                .doNotBelongToAnyOf(Termination.class)
                .and()
                // The broker runs until its process ends; the other hook is removed when the child process ends.
                .doNotHaveFullyQualifiedName("io.resnetstreams.cli.BrokerCommand")
                .and()
                .doNotHaveFullyQualifiedName("io.resnetstreams.bench.ChildProcess")
                .should()
                .callMethod(Runtime.class, "addShutdownHook", Thread.class));
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
