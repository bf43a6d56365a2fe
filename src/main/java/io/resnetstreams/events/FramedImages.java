package io.resnetstreams.events;

import io.resnetstreams.registry.RegisteredSchema;
import io.resnetstreams.registry.RegisteredSchema.Reference;
import io.resnetstreams.registry.SchemaRegistry;
import io.resnetstreams.registry.UnknownSchemaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/**
 * Reads Avro and Protobuf behind the framing of a schema registry. Schemas are kept by their id. One thread at a time looks one
 * up; threads that need another wait for it, and for the registry if it is unavailable. Thread-safe.
 */
final class FramedImages {
    /** More are not expected; garbage that looks like framing has many ids. */
    private static final int MOST_KEPT = 1_000;

    private static final int MOST_IMPORTS = 1_000;
    /** A schema that is registered after its first event is found after this time. */
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final String WRAPPERS = "/google/protobuf/wrappers.proto";

    private final SchemaRegistry registry;
    private final SchemaFields fields;
    private final int maxDepth;
    private final LongSupplier nanoTime;
    private final ReentrantLock lookups = new ReentrantLock();
    private final Map<Integer, FramedReader> readers = new ConcurrentHashMap<>();
    private final Map<Integer, Unknown> unknown = new ConcurrentHashMap<>();

    private record Unknown(String reason, long untilNanos) {}

    FramedImages(SchemaRegistry registry, SchemaFields fields, int maxDepth, LongSupplier nanoTime) {
        this.registry = registry;
        this.fields = fields;
        this.maxDepth = maxDepth;
        this.nanoTime = nanoTime;
    }

    Optional<String> outage() {
        return registry.outage();
    }

    /** Returns whether {@link #read} looks up this schema. */
    boolean looksUp(int schemaId) {
        return !readers.containsKey(schemaId) && unknownReason(schemaId) == null;
    }

    /** Reads a value that begins with the framing. Blocks while the registry is unavailable, until its thread is interrupted. */
    FramedEvent read(int schemaId, byte[] value) throws RejectedEventException {
        FramedReader reader = readers.get(schemaId);
        return (reader == null ? lookUp(schemaId) : reader).read(value);
    }

    private FramedReader lookUp(int id) throws RejectedEventException {
        try {
            lookups.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            FramedReader present = readers.get(id);
            if (present != null) {
                return present;
            }
            requireNotUnknown(id);
            FramedReader reader = reader(id, registry.schema(id));
            keep(readers, id, reader);
            return reader;
        } catch (UnknownSchemaException e) {
            keep(unknown, id, new Unknown(e.getMessage(), nanoTime.getAsLong() + UNKNOWN_NANOS));
            throw new RejectedEventException(Stage.EVENT, "schema_unknown", e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            lookups.unlock();
        }
    }

    private void requireNotUnknown(int id) throws RejectedEventException {
        String reason = unknownReason(id);
        if (reason != null) {
            throw FramedEvent.rejected("schema_unknown", reason);
        }
    }

    /** Returns why the registry did not have a schema a short time ago, or null. */
    private String unknownReason(int id) {
        Unknown before = unknown.get(id);
        return before != null && before.untilNanos - nanoTime.getAsLong() > 0 ? before.reason : null;
    }

    private static <T> void keep(Map<Integer, T> kept, int id, T value) {
        if (kept.size() >= MOST_KEPT) {
            kept.clear();
        }
        kept.put(id, value);
    }

    private static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while a schema was looked up", cause);
    }

    private FramedReader reader(int id, RegisteredSchema schema) throws UnknownSchemaException, InterruptedException {
        String name = "the schema " + id;
        Map<String, String> imports = new LinkedHashMap<>();
        try {
            return switch (schema.type()) {
                case AVRO -> {
                    addImports(schema, imports);
                    Schema parsed = avro(schema.text(), imports);
                    String full = parsed.getType() == Schema.Type.RECORD
                            ? parsed.getFullName()
                            : parsed.getType().getName();
                    yield new AvroReader(parsed, name + " (" + full + ")", fields, maxDepth);
                }
                case PROTOBUF -> {
                    addImports(schema, imports);
                    yield new ProtobufReader(protobuf(schema.text(), imports), name, fields);
                }
                case JSON -> rejecting("schema_mismatch", "the value does not match " + name + ": it is not JSON");
                case OTHER -> rejecting("schema_invalid", name + " is neither Avro, Protobuf nor JSON Schema");
            };
        } catch (IOException | RuntimeException | StackOverflowError e) {
            return rejecting("schema_invalid", name + " can't be read: " + e.getMessage());
        }
    }

    private static FramedReader rejecting(String code, String reason) {
        return value -> {
            throw FramedEvent.rejected(code, reason);
        };
    }

    /** Adds the imports of a schema, those that others need first, by the names of the files or types. */
    private void addImports(RegisteredSchema schema, Map<String, String> imports)
            throws UnknownSchemaException, InterruptedException, IOException {
        for (Reference reference : schema.references()) {
            if (imports.containsKey(reference.name())) {
                continue;
            }
            if (imports.size() >= MOST_IMPORTS) {
                throw new IOException("it has more than " + MOST_IMPORTS + " imports");
            }
            RegisteredSchema imported = registry.schema(reference);
            // Before its own imports, so that a circle ends; afterwards it takes its place behind them.
            imports.put(reference.name(), imported.text());
            addImports(imported, imports);
            imports.remove(reference.name());
            imports.put(reference.name(), imported.text());
        }
    }

    private static Schema avro(String text, Map<String, String> imports) {
        // Writers in other languages do not check names.
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
        imports.values().forEach(parser::parse);
        return parser.parse(text);
    }

    private static ProtobufTypes protobuf(String text, Map<String, String> imports) throws IOException {
        List<String> files = new ArrayList<>(imports.values());
        // Comes with Protobuf, so no one registers it.
        try (InputStream file = FramedImages.class.getResourceAsStream(WRAPPERS)) {
            files.add(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        return new ProtobufTypes(text, files);
    }
}
