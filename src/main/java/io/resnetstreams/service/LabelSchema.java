package io.resnetstreams.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.SchemaRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The schema of labels in the schema registry. */
final class LabelSchema {
    /** The id of a schema that labels do not refer to. */
    private static final int NONE = 0;

    private LabelSchema() {}

    /**
     * Registers the schema of labels for the values of the labels topic, if there is a registry, and returns the id that labels
     * in Avro refer to. Values in Connect's envelope contain their schema. Throws {@link UserErrorException} if the registry
     * refuses the schema or does not answer.
     */
    static int register(Configuration configuration) {
        Optional<SchemaRegistry> registry = configuration.registryClient();
        if (registry.isEmpty() || configuration.labels().connectSchema()) {
            return NONE;
        }
        boolean isAvro = configuration.labels().writesAvro();
        String schema = schema(isAvro ? "/label-event.avsc" : "/label-event.schema.json");
        try {
            return registry.get()
                    .register(configuration.topics().labels() + "-value", isAvro ? Type.AVRO : Type.JSON, schema);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw UserErrorException.shortfall("interrupted", e);
        }
    }

    private static String schema(String name) {
        try (InputStream file = LabelSchema.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the schema of labels", e);
        }
    }
}
