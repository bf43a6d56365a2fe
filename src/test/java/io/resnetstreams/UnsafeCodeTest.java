package io.resnetstreams;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import java.beans.XMLDecoder;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Checks that the product uses no API that could be abused through an event or a file. */
class UnsafeCodeTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.resnetstreams");

    /** A forbidden use, the classes to which the rule applies, and a class that breaks it. */
    private record Rule(
            String name, ArchCondition<JavaClass> forbidden, DescribedPredicate<JavaClass> where, Class<?> culprit) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                new Rule(
                        "Java objects are not deserialised",
                        dependOnClassesThat(
                                assignableTo(ObjectInputStream.class).or(type(XMLDecoder.class))),
                        alwaysTrue(),
                        ReadsObjects.class),
                new Rule(
                        "JSON does not choose classes by default typing",
                        callMethodWhere(DescribedPredicate.describe(
                                "Jackson's default typing",
                                (JavaCall<?> call) ->
                                        call.getTargetOwner().getPackageName().startsWith("com.fasterxml.jackson.")
                                                && call.getName().contains("DefaultTyping"))),
                        alwaysTrue(),
                        TypesByDefault.class),
                new Rule(
                        "JSON does not choose classes by annotation",
                        dependOnClassesThat(type(JsonTypeInfo.class)).or(beAnnotatedWith(JsonTypeInfo.class)),
                        alwaysTrue(),
                        TypedByAnnotation.class),
                new Rule(
                        "YAML is only read by Jackson, which creates no objects from tags",
                        dependOnClassesThat(resideInAPackage("org.yaml.snakeyaml..")),
                        alwaysTrue(),
                        ReadsYaml.class),
                new Rule(
                        "only the benchmarks start processes",
                        callMethodWhere(DescribedPredicate.describe(
                                "a start of a process",
                                (JavaCall<?> call) -> isCall(call, ProcessBuilder.class, "start")
                                        || isCall(call, Runtime.class, "exec"))),
                        not(resideInAPackage("io.resnetstreams.bench..")),
                        StartsProcess.class),
                new Rule(
                        "packages that handle events do not access files",
                        dependOnClassesThat(resideInAPackage("java.nio.file..")
                                .or(type(File.class))
                                .or(assignableTo(FileInputStream.class))),
                        resideInAnyPackage(
                                        "io.resnetstreams.events..",
                                        "io.resnetstreams.image..",
                                        "io.resnetstreams.topology..",
                                        "io.resnetstreams.backfill..",
                                        "io.resnetstreams.metrics..",
                                        "io.resnetstreams.web..",
                                        "io.resnetstreams.fetch..")
                                // Reads what is below the configured folders.
                                .and(not(simpleName("FileStore"))),
                        NamesFile.class));
    }

    private static boolean isCall(JavaCall<?> call, Class<?> owner, String method) {
        return call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(method);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theProductBreaksNoRule(Rule rule) {
        noClasses().that(rule.where()).should(rule.forbidden()).check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aClassThatBreaksTheRuleIsFound(Rule rule) {
        JavaClasses culprit = new ClassFileImporter().importClasses(rule.culprit());
        assertThat(noClasses().should(rule.forbidden()).evaluate(culprit).hasViolation())
                .isTrue();
    }

    private static final class ReadsObjects {
        private Object read(InputStream stream) throws IOException, ClassNotFoundException {
            return new ObjectInputStream(stream).readObject();
        }
    }

    private static final class TypesByDefault {
        private ObjectMapper mapper() {
            ObjectMapper mapper = new ObjectMapper();
            return mapper.activateDefaultTyping(mapper.getPolymorphicTypeValidator());
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    private static final class TypedByAnnotation {}

    private static final class ReadsYaml {
        private Object read(String text) {
            return new Yaml().load(text);
        }
    }

    private static final class StartsProcess {
        private Process start(String word) throws IOException {
            return new ProcessBuilder(word).start();
        }
    }

    private static final class NamesFile {
        private Path file(String id) {
            return Path.of(id);
        }
    }
}
