package io.resnetstreams.registry;

import java.util.List;

/**
 * A schema in the registry.
 *
 * @param text the schema in its own language: JSON, or a .proto file
 * @param references the schemas that it imports
 */
public record RegisteredSchema(Type type, String text, List<Reference> references) {
    /** The languages of schemas, by the registry's names. */
    public enum Type {
        AVRO,
        PROTOBUF,
        JSON,
        /** Any other. */
        OTHER
    }

    /**
     * An import of another schema.
     *
     * @param name the name of the file or the type, as the import has it
     */
    public record Reference(String name, String subject, int version) {}
}
