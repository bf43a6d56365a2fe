package io.resnetstreams.events;

import static io.resnetstreams.registry.RegisteredSchema.Type.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtobufEventsTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3};
    private static final String SHA256 = "0123456789abcdef".repeat(4);

    private static final String STORED =
            """
            syntax = "proto3";
            package com.example.store;
            message Other {}
            message Stored { string uri = 1; uint64 size = 2; bytes sha256 = 3; repeated int32 pages = 4; }
            """;

    private static final String PHOTO =
            """
            // A comment.
            syntax = "proto3";
            package com.example;
            import "store.proto";
            import "google/protobuf/wrappers.proto";
            import "confluent/meta.proto";
            option java_package = "com.example.proto";
            enum Kind { NONE = 0; SHOE = 1; }
            message First { int32 a = 1; }
            message Album {
              enum Size { S = 0; }
              message Photo {
                string id = 1 [(confluent.field_meta).doc = "the id"];
                bytes image = 2;
                map<string, int64> counts = 3;
                repeated sint32 packed = 4;
                repeated string tags = 5;
                oneof place { store.Stored stored = 6; string text = 7; }
                Kind kind = 8;
                optional double ratio = 9;
                fixed32 number = 10;
                Inner inner = 11;
                google.protobuf.BytesValue wrapped = 12;
                repeated bytes images = 13;
                reserved 14, 20 to 30;
                message Inner { bytes image = 1; int64 id = 2; }
              }
            }
            service Photos { rpc Get (First) returns (Album.Photo); }
            """;

    private final Descriptor descriptor = descriptor();
    private FramedRig rig;

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    /** Starts a registry with the files; returns the id of the schema. */
    private int start(String imageField, String idField) throws IOException {
        rig = new FramedRig(imageField, idField);
        rig.server.add("store", PROTOBUF, STORED);
        return rig.register(PROTOBUF, PHOTO, "store.proto=store");
    }

    private static FieldDescriptorProto field(String name, int number, Type type, Label label, String message) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(label);
        return message == null ? field.build() : field.setTypeName(message).build();
    }

    private static FieldDescriptorProto field(String name, int number, Type type) {
        return field(name, number, type, Label.LABEL_OPTIONAL, null);
    }

    /** Describes what a producer writes: the message Photo, with fields that the registered file does not have yet. */
    private static Descriptor descriptor() {
        DescriptorProto inner = DescriptorProto.newBuilder()
                .setName("Inner")
                .addField(field("image", 1, Type.TYPE_BYTES))
                .addField(field("id", 2, Type.TYPE_INT64))
                .build();
        DescriptorProto stored = DescriptorProto.newBuilder()
                .setName("Stored")
                .addField(field("uri", 1, Type.TYPE_STRING))
                .addField(field("size", 2, Type.TYPE_UINT64))
                .addField(field("sha256", 3, Type.TYPE_BYTES))
                .addField(field("pages", 4, Type.TYPE_INT32, Label.LABEL_REPEATED, null))
                .build();
        DescriptorProto photo = DescriptorProto.newBuilder()
                .setName("Photo")
                .addNestedType(inner)
                .addNestedType(stored)
                .addField(field("id", 1, Type.TYPE_STRING))
                .addField(field("image", 2, Type.TYPE_BYTES))
                .addField(field("packed", 4, Type.TYPE_SINT32, Label.LABEL_REPEATED, null))
                .addField(field("tags", 5, Type.TYPE_STRING, Label.LABEL_REPEATED, null))
                .addField(field("stored", 6, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL, "Stored"))
                .addField(field("text", 7, Type.TYPE_STRING))
                .addField(field("kind", 8, Type.TYPE_INT32))
                .addField(field("ratio", 9, Type.TYPE_DOUBLE))
                .addField(field("number", 10, Type.TYPE_FIXED32))
                .addField(field("inner", 11, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL, "Inner"))
                .addField(field("wrapped", 12, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL, "Inner"))
                .addField(field("images", 13, Type.TYPE_BYTES, Label.LABEL_REPEATED, null))
                .addField(field("added", 40, Type.TYPE_STRING))
                .addField(field("addedGroup", 41, Type.TYPE_GROUP, Label.LABEL_OPTIONAL, "Inner"))
                .build();
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("written.proto")
                .addMessageType(photo)
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Photo");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private DynamicMessage.Builder photo(Object... namesAndValues) {
        return set(DynamicMessage.newBuilder(descriptor), namesAndValues);
    }

    private DynamicMessage nested(String field, Object... namesAndValues) {
        return set(DynamicMessage.newBuilder(descriptor.findFieldByName(field).getMessageType()), namesAndValues)
                .build();
    }

    private static DynamicMessage.Builder set(DynamicMessage.Builder message, Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            message.setField(
                    message.getDescriptorForType().findFieldByName((String) namesAndValues[i]), namesAndValues[i + 1]);
        }
        return message;
    }

    private DynamicMessage.Builder rich() {
        return photo(
                "id", "shoe-17",
                "packed", List.of(1, -2, 300),
                "tags", List.of("a", ""),
                "stored", nested("stored", "uri", "s3://b/k"),
                "kind", 1,
                "ratio", 0.5,
                "number", 7,
                "inner", nested("inner", "image", ByteString.copyFrom(new byte[] {9}), "id", 42L),
                "added", "new",
                "addedGroup", nested("addedGroup", "id", 3L),
                "image", ByteString.copyFrom(PNG));
    }

    /** Puts message indexes before a message, as Confluent's serializer does. */
    private static byte[] indexed(byte[] message, int... indexes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream output = CodedOutputStream.newInstance(bytes);
        try {
            output.writeSInt32NoTag(indexes.length);
            for (int index : indexes) {
                output.writeSInt32NoTag(index);
            }
            output.flush();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        bytes.writeBytes(message);
        return bytes.toByteArray();
    }

    private static byte[] value(DynamicMessage.Builder photo) {
        return indexed(photo.build().toByteArray(), 1, 0);
    }

    @Test
    void theImageIsFoundAmongFieldsOfEachType() throws Exception {
        int id = start("image", "id");
        ImageEvent event = rig.read(id, value(rich()));
        assertThat(event.id()).isEqualTo("shoe-17");
        assertThat(event.image()).isEqualTo(PNG);
        assertThat(rig.read(id, value(photo("image", ByteString.copyFrom(PNG)))).id())
                .isEqualTo(FramedRig.KEY);
        assertThat(rig.read(Framing.framed(id, value(rich())), "content-type", "application/x-protobuf", "ce_id", "o")
                        .id())
                .isEqualTo("o");
        assertThat(rig.server.requests()).hasSize(2);
    }

    @Test
    void aZeroStandsForTheFirstMessage() throws Exception {
        rig = new FramedRig("image", "id");
        int id = rig.register(
                PROTOBUF,
                "syntax = \"proto2\"; enum E { A = 0; } message P { required bytes image = 2; optional group G = 5 {"
                        + " optional int32 x = 1; } }");
        assertThat(rig.read(
                                id,
                                indexed(photo("image", ByteString.copyFrom(PNG))
                                        .build()
                                        .toByteArray()))
                        .image())
                .isEqualTo(PNG);
        assertThat(rig.read(
                                id,
                                indexed(
                                        photo("image", ByteString.copyFrom(PNG))
                                                .build()
                                                .toByteArray(),
                                        0))
                        .image())
                .isEqualTo(PNG);
    }

    @Test
    void pathsLeadIntoNestedMessages() throws Exception {
        int id = start("inner.image", "inner.id");
        ImageEvent event = rig.read(id, value(rich()));
        assertThat(event.image()).containsExactly(9);
        assertThat(event.id()).isEqualTo("42");
        assertThat(rig.rejection(id, value(photo("id", "x"))))
                .startsWith(
                        "no_image: there is no value in the field 'inner.image' (schemaRegistry.imageField); the schema 2,"
                                + " message com.example.Album.Photo, has the fields id, image, counts, packed, tags,");
    }

    @Test
    void aMessageOfAnotherFileIsAReference() throws Exception {
        int id = start("stored", "number");
        byte[] digest = HexFormat.of().parseHex(SHA256);
        ImageEvent event = rig.read(
                id,
                value(rich().setField(
                                descriptor.findFieldByName("stored"),
                                nested(
                                        "stored",
                                        "uri",
                                        "s3://b/k",
                                        "size",
                                        5L,
                                        "sha256",
                                        ByteString.copyFrom(digest),
                                        "pages",
                                        List.of(1, 2)))));
        assertThat(event.reference()).isEqualTo(new ImageReference("s3://b/k", SHA256, 5));
        assertThat(event.id()).isEqualTo("7");
        assertThat(rig.rejection(id, value(photo("stored", nested("stored", "size", 5L)))))
                .startsWith("no_image: ");
    }

    @Test
    void wrappersAndTextsAreRead() throws Exception {
        int id = start("wrapped.value", "id");
        assertThat(rig.read(id, value(photo("wrapped", nested("wrapped", "image", ByteString.copyFrom(PNG)))))
                        .image())
                .isEqualTo(PNG);
        rig.close();
        id = start("text", "id");
        assertThat(rig.read(id, value(photo("text", "https://a/b.png")))
                        .reference()
                        .uri())
                .isEqualTo("https://a/b.png");
        assertThat(rig.read(id, value(photo("text", "AQID"))).image()).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    images|id|image: the field 'images' is of the type repeated bytes
                    ratio|id|image: the field 'ratio' is of the type double
                    kind|id|image: the field 'kind' is of the type Kind
                    image|ratio|id: the field 'ratio' is of the type double; a string or a whole number is needed
                    image|tags|id: the field 'tags' is of the type repeated string
                    image|stored|id: the field 'stored' is of the type store.Stored
                    """)
    void fieldsOfOtherTypesAreRejected(String imageField, String idField, String rejection) throws IOException {
        int id = start(imageField, idField);
        byte[] value = value(rich().setField(descriptor.findFieldByName("images"), List.of(ByteString.copyFrom(PNG))));
        assertThat(rig.rejection(id, value)).startsWith(rejection);
    }

    @Test
    void otherValuesAreMismatches() throws IOException {
        int id = start("image", "id");
        String mismatch = "schema_mismatch: the value does not match the schema 2: ";
        byte[] photo = rich().build().toByteArray();
        assertThat(rig.rejection(id, indexed(photo, 7)))
                .isEqualTo(mismatch + "the file has no message with the indexes [7]");
        assertThat(rig.rejection(id, indexed(photo, 1, 1, 0))).startsWith(mismatch + "the file has no message");
        assertThat(rig.rejection(id, indexed(photo, -1))).startsWith(mismatch + "the file has no message");
        assertThat(rig.rejection(id, indexed(photo)))
                .isEqualTo(mismatch + "the field 'a' is of the type int32 and can't have the wire type 2");
        assertThat(rig.rejection(id, indexed(photo, new int[33]))).startsWith(mismatch + "it has 33 message indexes");
        // A prefix that ends between two fields is a message, too.
        byte[] early = photo("id", "shoe-17").build().toByteArray();
        for (int length = 1; length < early.length; length++) {
            assertThat(rig.rejection(id, indexed(Arrays.copyOf(photo, length), 1, 0)))
                    .startsWith(mismatch);
        }
    }

    @Test
    void filesThatCanNotBeReadAreRejected() throws IOException {
        rig = new FramedRig("image", "id");
        int id = rig.register(PROTOBUF, "edition = \"2023\"; message A {}");
        assertThat(rig.rejection(id, new byte[2]))
                .startsWith("schema_invalid: the schema 1 can't be read: ")
                .contains("edition is not currently supported");
        id = rig.register(PROTOBUF, "message A { X image = 1; } " + "message B {".repeat(20_000));
        assertThat(rig.rejection(id, new byte[2])).startsWith("schema_invalid: ");
        id = rig.register(PROTOBUF, "message A { X image = 1; message X {} }", "a=gone");
        assertThat(rig.rejection(id, new byte[2])).startsWith("schema_unknown: ");
    }

    @Test
    void aClaimedLengthAllocatesNothing() throws IOException {
        int id = start("image", "id");
        byte[] image = {0x12, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07, 1};
        assertThat(rig.cheapRejection(id, indexed(image, 1, 0))).startsWith("schema_mismatch: ");
        byte[] negative = {0x12, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        assertThat(rig.cheapRejection(id, indexed(negative, 1, 0))).startsWith("schema_mismatch: ");
        // Packed numbers and empty messages, which would take many times their bytes as objects.
        byte[] many = new byte[1 << 22];
        for (int i = 0; i + 1 < many.length; i += 2) {
            many[i] = 0x2A;
        }
        assertThat(rig.cheapRejection(id, indexed(many, 1, 0))).startsWith("no_image: ");
        byte[] groups = new byte[100_000];
        Arrays.fill(groups, (byte) 0x33);
        assertThat(rig.cheapRejection(id, indexed(groups, 1, 0))).startsWith("schema_mismatch: ");
    }

    @Test
    void damagedValuesAreReadOrRejected() throws IOException {
        int id = start("image", "id");
        byte[] whole = value(rich());
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] damaged = whole.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(rig.read(id, damaged).id()).isNotEmpty();
                read++;
            } catch (RejectedEventException e) {
                assertThat(e.code()).isIn("schema_mismatch", "no_image", "json", "id_too_long");
            }
        }
        assertThat(read).isBetween(100, 4_900);
    }
}
