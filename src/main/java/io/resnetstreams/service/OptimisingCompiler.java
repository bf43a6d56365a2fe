package io.resnetstreams.service;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restricts HotSpot's optimising compiler (C2) to some classes, by its compiler directives (JEP 165). Other methods are
 * compiled by C1 alone.
 */
public final class OptimisingCompiler {
    private static final String CLASSES = "resnet-streams.optimise";

    private OptimisingCompiler() {}

    /**
     * Restricts the compiler to the classes that the launcher names in a system property, as a pattern of the directives;
     * without it, the compiler is not restricted. On a JVM without directives the compiler is not restricted either.
     */
    public static void restrict() {
        String classes = System.getProperty(CLASSES);
        if (classes == null) {
            return;
        }
        try {
            Path file = Files.createTempFile("directives", ".json");
            try {
                Files.writeString(file, directives(classes));
                // Not -XX:CompilerDirectivesFile, which prints to standard output.
                Object answer = ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "compilerDirectivesAdd",
                                new Object[] {new String[] {file.toString()}},
                                new String[] {String[].class.getName()});
                Log.LOG.debug("Optimising compiler: {}", answer);
            } finally {
                Files.delete(file);
            }
        } catch (JMException | IOException e) {
            Log.LOG.debug("The optimising compiler is not restricted", e);
        }
    }

    private static String directives(String classes) {
        // The first directive that matches a method applies.
        return "[{ match: \"" + classes + "\", c2: { Exclude: false } }, { match: \"*.*\", c2: { Exclude: true } }]";
    }

    /** A class of its own because loading Log4j would slow down the commands that restrict nothing. */
    private static final class Log {
        static final Logger LOG = LoggerFactory.getLogger(OptimisingCompiler.class);
    }
}
