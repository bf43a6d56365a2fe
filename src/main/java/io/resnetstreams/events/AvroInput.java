package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Avro's binary encoding, read without trust: memory is allocated only for bytes that are there, and no count makes a loop that
 * reads nothing. Malformed values throw {@link IOException} or a runtime exception of Avro. Used by one thread.
 */
final class AvroInput {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final BinaryDecoder decoder;
    private final int maxDepth;

    /** A value nests deeper than allowed. */
    static final class TooDeepException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    AvroInput(byte[] bytes, int from, int maxDepth) {
        this.decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null);
        this.maxDepth = maxDepth;
    }

    int remaining() {
        return decoder.remainingBytes();
    }

    /** Returns the schema of the branch that follows; the schema itself if it is no union. */
    Schema branch(Schema schema) throws IOException {
        if (schema.getType() != Schema.Type.UNION) {
            return schema;
        }
        List<Schema> branches = schema.getTypes();
        int index = decoder.readIndex();
        if (index < 0 || index >= branches.size()) {
            throw new IOException("a union of " + branches.size() + " types has the index " + index);
        }
        return branches.get(index);
    }

    byte[] bytes() throws IOException {
        return fixed(length());
    }

    byte[] fixed(int length) throws IOException {
        requireAvailable(length);
        byte[] bytes = new byte[length];
        decoder.readFixed(bytes, 0, length);
        return bytes;
    }

    String text() throws IOException {
        return new String(bytes(), UTF_8);
    }

    long number() throws IOException {
        return decoder.readLong();
    }

    private int length() throws IOException {
        long length = decoder.readLong();
        requireAvailable(length);
        return (int) length;
    }

    private void requireAvailable(long length) throws IOException {
        if (length < 0 || length > remaining()) {
            throw new IOException(length + " bytes are announced, and " + remaining() + " are left");
        }
    }

    private void skipBytes(long length) throws IOException {
        requireAvailable(length);
        decoder.skipFixed((int) length);
    }

    /** Skips a value that is {@code depth} levels deep in records, arrays and maps. */
    void skip(Schema declared, int depth) throws IOException {
        Schema schema = branch(declared);
        switch (schema.getType()) {
            case RECORD -> {
                requireDepth(depth);
                for (Schema.Field field : schema.getFields()) {
                    skip(field.schema(), depth + 1);
                }
            }
            case ARRAY -> skipItems(schema.getElementType(), false, depth + 1);
            case MAP -> skipItems(schema.getValueType(), true, depth + 1);
            case STRING, BYTES -> skipBytes(length());
            case FIXED -> skipBytes(schema.getFixedSize());
            case BOOLEAN -> skipBytes(1);
            case FLOAT -> skipBytes(Float.BYTES);
            case DOUBLE -> skipBytes(Double.BYTES);
            case INT -> decoder.readInt();
            case LONG -> decoder.readLong();
            case ENUM -> symbol(schema);
            default -> {
                // null takes no bytes
            }
        }
    }

    void requireDepth(int depth) throws TooDeepException {
        if (depth >= maxDepth) {
            throw new TooDeepException();
        }
    }

    private void skipItems(Schema item, boolean hasKeys, int depth) throws IOException {
        requireDepth(depth - 1);
        for (long count = decoder.readLong(); count != 0; count = decoder.readLong()) {
            if (count < 0) {
                skipBytes(decoder.readLong());
                continue;
            }
            for (long i = 0; i < count; i++) {
                int before = remaining();
                if (hasKeys) {
                    skipBytes(length());
                }
                skip(item, depth);
                if (remaining() == before) {
                    break; // Nor do the other items take any bytes.
                }
            }
        }
    }

    private String symbol(Schema schema) throws IOException {
        List<String> symbols = schema.getEnumSymbols();
        int index = decoder.readEnum();
        if (index < 0 || index >= symbols.size()) {
            throw new IOException("an enum of " + symbols.size() + " symbols has the index " + index);
        }
        return symbols.get(index);
    }

    /**
     * Reads the record that is the value as a tree. Its last fields may be missing if they have defaults, as in a value that was
     * written before they were added. For a schema without recursion, whose array items take at least one byte.
     */
    ObjectNode tree(Schema schema) throws IOException {
        ObjectNode record = NODES.objectNode();
        for (Schema.Field field : schema.getFields()) {
            if (remaining() == 0 && field.hasDefaultValue()) {
                break;
            }
            record.set(field.name(), node(field.schema()));
        }
        return record;
    }

    private ObjectNode record(Schema schema) throws IOException {
        ObjectNode record = NODES.objectNode();
        for (Schema.Field field : schema.getFields()) {
            record.set(field.name(), node(field.schema()));
        }
        return record;
    }

    private JsonNode node(Schema declared) throws IOException {
        Schema schema = branch(declared);
        return switch (schema.getType()) {
            case NULL -> NODES.nullNode();
            case RECORD -> record(schema);
            case ARRAY -> array(schema.getElementType());
            case STRING -> NODES.textNode(text());
            case BYTES -> NODES.binaryNode(bytes());
            case ENUM -> NODES.textNode(symbol(schema));
            case INT, LONG -> NODES.numberNode(number());
            case DOUBLE -> NODES.numberNode(decoder.readDouble());
            default -> throw new IOException(
                    "a label has no " + schema.getType().getName());
        };
    }

    private ArrayNode array(Schema item) throws IOException {
        ArrayNode array = NODES.arrayNode();
        for (long count = decoder.readLong(); count != 0; count = decoder.readLong()) {
            if (count < 0) {
                decoder.readLong();
                count = -count;
            }
            for (long i = 0; i < count; i++) {
                array.add(node(item));
            }
        }
        return array;
    }
}
