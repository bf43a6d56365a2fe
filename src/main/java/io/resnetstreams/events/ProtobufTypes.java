package io.resnetstreams.events;

import com.google.protobuf.WireFormat;
import com.squareup.wire.schema.Field.Label;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.FieldElement;
import com.squareup.wire.schema.internal.parser.GroupElement;
import com.squareup.wire.schema.internal.parser.MessageElement;
import com.squareup.wire.schema.internal.parser.OneOfElement;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import com.squareup.wire.schema.internal.parser.TypeElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of a .proto file and of its imports. Immutable. */
final class ProtobufTypes {
    private final List<Message> own;
    private final Map<String, Message> byName = new HashMap<>();

    /** A message, with its full name; the nested ones are in the order of the file, as message indexes count them. */
    record Message(String name, Map<Integer, Field> fields, List<Message> nested) {
        List<String> fieldNames() {
            return fields.values().stream().map(Field::name).toList();
        }
    }

    /**
     * A field.
     *
     * @param type as the file has it: a scalar type, or the name of a message or an enum, which may be relative
     */
    record Field(String name, String type, boolean isRepeated) {
        private static final Map<String, Integer> WIRE_TYPES = Map.ofEntries(
                Map.entry("int32", WireFormat.WIRETYPE_VARINT),
                Map.entry("int64", WireFormat.WIRETYPE_VARINT),
                Map.entry("uint32", WireFormat.WIRETYPE_VARINT),
                Map.entry("uint64", WireFormat.WIRETYPE_VARINT),
                Map.entry("sint32", WireFormat.WIRETYPE_VARINT),
                Map.entry("sint64", WireFormat.WIRETYPE_VARINT),
                Map.entry("bool", WireFormat.WIRETYPE_VARINT),
                Map.entry("fixed32", WireFormat.WIRETYPE_FIXED32),
                Map.entry("sfixed32", WireFormat.WIRETYPE_FIXED32),
                Map.entry("float", WireFormat.WIRETYPE_FIXED32),
                Map.entry("fixed64", WireFormat.WIRETYPE_FIXED64),
                Map.entry("sfixed64", WireFormat.WIRETYPE_FIXED64),
                Map.entry("double", WireFormat.WIRETYPE_FIXED64),
                Map.entry("string", WireFormat.WIRETYPE_LENGTH_DELIMITED),
                Map.entry("bytes", WireFormat.WIRETYPE_LENGTH_DELIMITED));

        private static final String GROUP = "group";

        /** Returns whether a value of this field may have a wire type: its own, or that of packed values. */
        boolean canBe(int wireType) {
            Integer expected = WIRE_TYPES.get(type);
            if (expected != null) {
                return wireType == expected || isRepeated && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            }
            return type.equals(GROUP)
                    ? wireType == WireFormat.WIRETYPE_START_GROUP
                    // A message or an enum.
                    : wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED || wireType == WireFormat.WIRETYPE_VARINT;
        }

        boolean isScalar() {
            return WIRE_TYPES.containsKey(type);
        }
    }

    /** Parses a file and those that it imports; throws a runtime exception if one is not a .proto file. */
    ProtobufTypes(String file, List<String> imports) {
        imports.forEach(this::messages);
        own = messages(file);
    }

    private List<Message> messages(String text) {
        ProtoFileElement file = ProtoParser.Companion.parse(Location.get("schema"), text);
        String scope = file.getPackageName() == null ? "" : file.getPackageName() + ".";
        return messages(file.getTypes(), scope);
    }

    private List<Message> messages(List<TypeElement> types, String scope) {
        List<Message> messages = new ArrayList<>();
        for (TypeElement type : types) {
            if (type instanceof MessageElement element) {
                String name = scope + element.getName();
                Message message = new Message(name, fields(element), messages(element.getNestedTypes(), name + "."));
                messages.add(message);
                byName.put(name, message);
            }
        }
        return messages;
    }

    private static Map<Integer, Field> fields(MessageElement message) {
        Map<Integer, Field> fields = new LinkedHashMap<>();
        List<GroupElement> groups = new ArrayList<>(message.getGroups());
        addAll(fields, message.getFields());
        for (OneOfElement oneOf : message.getOneOfs()) {
            addAll(fields, oneOf.getFields());
            groups.addAll(oneOf.getGroups());
        }
        for (GroupElement group : groups) {
            fields.put(group.getTag(), new Field(group.getName(), Field.GROUP, group.getLabel() == Label.REPEATED));
        }
        return fields;
    }

    private static void addAll(Map<Integer, Field> fields, List<FieldElement> elements) {
        for (FieldElement element : elements) {
            fields.put(
                    element.getTag(),
                    new Field(element.getName(), element.getType(), element.getLabel() == Label.REPEATED));
        }
    }

    /** Returns the message that message indexes lead to, or null. */
    Message at(List<Integer> indexes) {
        List<Message> messages = own;
        Message found = null;
        for (int index : indexes) {
            if (index < 0 || index >= messages.size()) {
                return null;
            }
            found = messages.get(index);
            messages = found.nested;
        }
        return found;
    }

    /** Returns the message that a field's type names, looked up from the innermost scope outwards; null if it is none. */
    Message resolve(Message scope, String type) {
        if (type.startsWith(".")) {
            return byName.get(type.substring(1));
        }
        String prefix = scope.name;
        while (true) {
            Message found = byName.get(prefix.isEmpty() ? type : prefix + "." + type);
            if (found != null || prefix.isEmpty()) {
                return found;
            }
            prefix = prefix.substring(0, Math.max(0, prefix.lastIndexOf('.')));
        }
    }
}
