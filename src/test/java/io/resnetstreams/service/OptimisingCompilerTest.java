package io.resnetstreams.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OptimisingCompilerTest {
    private static final String CLASSES = "resnet-streams.optimise";

    private static String answerTo(String command) throws Exception {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), command, null, null);
    }

    @BeforeEach
    @AfterEach
    void lift() throws Exception {
        System.clearProperty(CLASSES);
        answerTo("compilerDirectivesClear");
    }

    @Test
    void onlyTheNamedClassesAreOptimised() throws Exception {
        System.setProperty(CLASSES, "a/b/*.*");
        OptimisingCompiler.restrict();
        String directives = answerTo("compilerDirectivesPrint");
        // The topmost directive that matches applies.
        assertThat(directives).containsSubsequence("a/b/*.*", "c2", "Exclude:false", "*.*", "c2", "Exclude:true");
    }

    @Test
    void withoutNamesNothingIsRestricted() throws Exception {
        String before = answerTo("compilerDirectivesPrint");
        OptimisingCompiler.restrict();
        assertThat(answerTo("compilerDirectivesPrint")).isEqualTo(before).doesNotContain("Exclude:true");
    }
}
