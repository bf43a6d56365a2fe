package io.resnetstreams.cli;

import io.resnetstreams.ClassIsolation;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Provides one {@link BackfillRig} to all test classes that need it. Its broker stops after the last test of the JVM.
 */
final class SharedBackfillRig implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BackfillRig.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedBackfillRig.class))
                .computeIfAbsent(BackfillRig.class, key -> start(), BackfillRig.class);
    }

    private static BackfillRig start() {
        try {
            BackfillRig rig = new BackfillRig();
            ClassIsolation.keepOpenThreads();
            return rig;
        } catch (Exception e) {
            throw new IllegalStateException("the broker for backfills could not be started", e);
        }
    }
}
