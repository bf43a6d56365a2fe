package io.resnetstreams.events;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.resnetstreams.events.ProtobufTypes.Field;
import io.resnetstreams.events.ProtobufTypes.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads Protobuf values by their .proto file; only the image and the id are decoded, so that a value takes no more memory than it
 * has bytes. The framing is followed by the indexes that lead to the message in the file. Thread-safe.
 */
final class ProtobufReader implements FramedReader {
    private static final int DEEPEST_MESSAGE = 32;

    private final ProtobufTypes types;
    private final String name;
    private final SchemaFields fields;

    /**
     * Creates a reader.
     *
     * @param name of the schema, for errors
     */
    ProtobufReader(ProtobufTypes types, String name, SchemaFields fields) {
        this.types = types;
        this.name = name;
        this.fields = fields;
    }

    @Override
    public FramedEvent read(byte[] value) throws RejectedEventException {
        FramedEvent event = new FramedEvent(fields);
        CodedInputStream input = CodedInputStream.newInstance(value, Framing.BYTES, value.length - Framing.BYTES);
        try {
            List<Integer> indexes = indexes(input);
            Message message = types.at(indexes);
            if (message == null) {
                throw new IOException("the file has no message with the indexes " + indexes);
            }
            String[] reference = new String[ReferenceFields.NAMES.size()];
            read(input, message, "", event, reference);
            if (reference[0] != null) {
                event.image(new ReferenceFields(reference[0], reference[1], reference[2]));
            }
            return event.requireImage(name + ", message " + message.name() + ",", message.fieldNames());
        } catch (IOException | RuntimeException e) {
            throw new RejectedEventException(
                    Stage.EVENT, "schema_mismatch", "the value does not match " + name + ": " + e.getMessage(), e);
        }
    }

    /** Reads where the message is in its file: a count and as many numbers, or a single zero for the first message. */
    private static List<Integer> indexes(CodedInputStream input) throws IOException {
        int count = input.readSInt32();
        if (count < 0 || count > DEEPEST_MESSAGE) {
            throw new IOException("it has " + count + " message indexes; at most " + DEEPEST_MESSAGE + " are allowed");
        }
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indexes.add(input.readSInt32());
        }
        return indexes.isEmpty() ? List.of(0) : indexes;
    }

    /** Reads a message at a path, which is on the way to the image or the id, or empty at the root. */
    private void read(CodedInputStream input, Message message, String path, FramedEvent event, String[] reference)
            throws IOException, RejectedEventException {
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            Field field = message.fields().get(WireFormat.getTagFieldNumber(tag));
            if (field == null) {
                input.skipField(tag);
                continue;
            }
            int wireType = WireFormat.getTagWireType(tag);
            if (!field.canBe(wireType)) {
                throw new IOException("the field '" + field.name() + "' is of the type " + field.type()
                        + " and can't have the wire type " + wireType);
            }
            String inner = path.isEmpty() ? field.name() : path + "." + field.name();
            if (fields.isImage(inner)) {
                readImage(input, tag, message, field, event, reference);
            } else if (fields.isId(inner)) {
                event.id(id(input, field, event));
            } else if (fields.leadsTo(inner) && !field.isRepeated() && !field.isScalar()) {
                int outer = enter(input, wireType, field);
                read(input, resolved(message, field), inner, event, reference);
                leave(input, outer);
            } else {
                input.skipField(tag);
            }
        }
    }

    private static int enter(CodedInputStream input, int wireType, Field field) throws IOException {
        if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            throw new IOException("the field '" + field.name() + "' is no message");
        }
        return input.pushLimit(input.readRawVarint32());
    }

    private static void leave(CodedInputStream input, int outer) throws IOException {
        input.checkLastTagWas(0);
        input.popLimit(outer);
    }

    private Message resolved(Message scope, Field field) throws IOException {
        Message message = types.resolve(scope, field.type());
        if (message == null) {
            throw new IOException("the message '" + field.type() + "' is neither in the file nor in its imports");
        }
        return message;
    }

    private void readImage(
            CodedInputStream input, int tag, Message message, Field field, FramedEvent event, String[] reference)
            throws IOException, RejectedEventException {
        if (field.isRepeated()) {
            throw event.notAnImage("repeated " + field.type());
        }
        switch (field.type()) {
            case "bytes" -> event.image(input.readByteArray());
            case "string" -> event.image(input.readStringRequireUtf8());
            default -> {
                Message record = field.isScalar() ? null : types.resolve(message, field.type());
                if (record == null) {
                    throw event.notAnImage(field.type());
                }
                int outer = enter(input, WireFormat.getTagWireType(tag), field);
                readReference(input, record, reference);
                leave(input, outer);
            }
        }
    }

    private static void readReference(CodedInputStream input, Message record, String[] reference) throws IOException {
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            Field field = record.fields().get(WireFormat.getTagFieldNumber(tag));
            int part = field == null ? -1 : ReferenceFields.NAMES.indexOf(field.name());
            boolean isRead = part >= 0 && !field.isRepeated() && field.canBe(WireFormat.getTagWireType(tag));
            String text = isRead ? scalar(input, field) : null;
            if (text == null) {
                input.skipField(tag);
            } else {
                reference[part] = text;
            }
        }
    }

    /** Returns the text of a field, or null, without reading, if it is neither a string, bytes nor a whole number. */
    private static String scalar(CodedInputStream input, Field field) throws IOException {
        return switch (field.type()) {
            case "string" -> input.readStringRequireUtf8();
            case "bytes" -> HexFormat.of().formatHex(input.readByteArray());
            case "int32" -> Integer.toString(input.readInt32());
            case "int64" -> Long.toString(input.readInt64());
            case "uint32" -> Integer.toUnsignedString(input.readUInt32());
            case "uint64" -> Long.toUnsignedString(input.readUInt64());
            case "sint32" -> Integer.toString(input.readSInt32());
            case "sint64" -> Long.toString(input.readSInt64());
            case "fixed32" -> Integer.toUnsignedString(input.readFixed32());
            case "fixed64" -> Long.toUnsignedString(input.readFixed64());
            case "sfixed32" -> Integer.toString(input.readSFixed32());
            case "sfixed64" -> Long.toString(input.readSFixed64());
            default -> null;
        };
    }

    private static String id(CodedInputStream input, Field field, FramedEvent event)
            throws IOException, RejectedEventException {
        String id = field.isRepeated() || field.type().equals("bytes") ? null : scalar(input, field);
        if (id == null) {
            throw event.notAnId((field.isRepeated() ? "repeated " : "") + field.type());
        }
        return id;
    }
}
