package io.resnetstreams.events;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;

/** Reads Avro values by the schema with which they were written; only the image and the id are decoded. Thread-safe. */
final class AvroReader implements FramedReader {
    private final Schema schema;
    private final String name;
    private final SchemaFields fields;
    private final int maxDepth;

    /**
     * Creates a reader.
     *
     * @param name of the schema, for errors
     */
    AvroReader(Schema schema, String name, SchemaFields fields, int maxDepth) {
        this.schema = schema;
        this.name = name;
        this.fields = fields;
        this.maxDepth = maxDepth;
    }

    @Override
    public FramedEvent read(byte[] value) throws RejectedEventException {
        FramedEvent event = new FramedEvent(fields);
        if (schema.getType() == Schema.Type.BYTES) {
            // Confluent's serializer writes byte arrays as they are.
            event.image(Arrays.copyOfRange(value, Framing.BYTES, value.length));
            return event;
        }
        AvroInput input = new AvroInput(value, Framing.BYTES, maxDepth);
        try {
            read(input, schema, "", 0, event);
            if (input.remaining() > 0) {
                throw new IOException(input.remaining() + " bytes are left after it");
            }
        } catch (AvroInput.TooDeepException e) {
            throw FramedEvent.rejected(
                    "value_too_deep",
                    "the value nests deeper than the " + maxDepth + " levels that limits.maxJsonDepth allows");
        } catch (IOException | RuntimeException e) {
            String problem = e instanceof EOFException ? "it ends early" : e.getMessage();
            throw new RejectedEventException(
                    Stage.EVENT, "schema_mismatch", "the value does not match " + name + ": " + problem, e);
        }
        return event.requireImage(
                name,
                schema.getType() == Schema.Type.RECORD
                        ? schema.getFields().stream().map(Schema.Field::name).toList()
                        : List.of());
    }

    /** Reads the value at a path, which is on the way to the image or the id; empty at the root. */
    private void read(AvroInput input, Schema declared, String path, int depth, FramedEvent event)
            throws IOException, RejectedEventException {
        Schema actual = input.branch(declared);
        if (fields.isImage(path)) {
            readImage(input, actual, depth, event);
        } else if (fields.isId(path)) {
            readId(input, actual, event);
        } else if (actual.getType() == Schema.Type.RECORD) {
            input.requireDepth(depth);
            for (Schema.Field field : actual.getFields()) {
                String inner = path.isEmpty() ? field.name() : path + "." + field.name();
                if (fields.leadsTo(inner)) {
                    read(input, field.schema(), inner, depth + 1, event);
                } else {
                    input.skip(field.schema(), depth + 1);
                }
            }
        } else {
            input.skip(actual, depth);
        }
    }

    private void readImage(AvroInput input, Schema actual, int depth, FramedEvent event)
            throws IOException, RejectedEventException {
        switch (actual.getType()) {
            case BYTES -> event.image(input.bytes());
            case FIXED -> event.image(input.fixed(actual.getFixedSize()));
            case STRING -> event.image(input.text());
            case NULL -> {
                // As if there was no such field.
            }
            case RECORD -> {
                input.requireDepth(depth);
                String[] parts = new String[ReferenceFields.NAMES.size()];
                for (Schema.Field field : actual.getFields()) {
                    int part = ReferenceFields.NAMES.indexOf(field.name());
                    if (part < 0) {
                        input.skip(field.schema(), depth + 1);
                    } else {
                        parts[part] = scalar(input, field.schema(), depth + 1);
                    }
                }
                event.image(new ReferenceFields(parts[0], parts[1], parts[2]));
            }
            default -> throw event.notAnImage(actual.getType().getName());
        }
    }

    /** Returns the text of a part of a reference; null for a value that can't be one. */
    private static String scalar(AvroInput input, Schema declared, int depth) throws IOException {
        Schema actual = input.branch(declared);
        switch (actual.getType()) {
            case STRING -> {
                return input.text();
            }
            case INT, LONG -> {
                return Long.toString(input.number());
            }
            case BYTES -> {
                return HexFormat.of().formatHex(input.bytes());
            }
            case FIXED -> {
                return HexFormat.of().formatHex(input.fixed(actual.getFixedSize()));
            }
            default -> {
                input.skip(actual, depth);
                return null;
            }
        }
    }

    private static void readId(AvroInput input, Schema actual, FramedEvent event)
            throws IOException, RejectedEventException {
        switch (actual.getType()) {
            case STRING -> event.id(input.text());
            case INT, LONG -> event.id(Long.toString(input.number()));
            case NULL -> {
                // As if there was no such field.
            }
            default -> throw event.notAnId(actual.getType().getName());
        }
    }
}
