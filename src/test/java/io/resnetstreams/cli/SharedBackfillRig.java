package io.resnetstreams.cli;

import io.resnetstreams.ClassIsolation;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives all test classes that ask for it one {@link BackfillRig}; its broker stops after the last test of the JVM. */
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
            ClassIsolation.keepOpenClients();
            return rig;
        } catch (Exception e) {
            throw new IllegalStateException("no broker for backfills", e);
        }
    }
}
