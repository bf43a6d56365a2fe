package io.resnetstreams.events;

import static io.resnetstreams.events.FramedRig.avro;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryServer.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroEventsTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3};
    private static final String SHA256 = "0123456789abcdef".repeat(4);

    /** A type of each kind around the image and the id. */
    private static final String RICH =
            """
            {"type": "record", "name": "Photo", "namespace": "com.example", "fields": [
              {"name": "flag", "type": "boolean"},
              {"name": "count", "type": ["null", "int"], "default": null},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
              {"name": "ratio", "type": "float"}, {"name": "size", "type": "double"},
              {"name": "colour", "type": {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"]}},
              {"name": "key", "type": {"type": "fixed", "name": "Key", "size": 4}},
              {"name": "uuid", "type": {"type": "string", "logicalType": "uuid"}},
              {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
              {"name": "attributes", "type": {"type": "map", "values": {"type": "array", "items": "long"}}},
              {"name": "camera", "type": {"type": "record", "name": "Camera", "fields": [
                {"name": "maker", "type": "string"}, {"name": "previous", "type": ["null", "Camera"]}]}},
              {"name": "nothing", "type": "null"},
              {"name": "id", "type": ["null", "string"]},
              {"name": "image", "type": ["null", "string", "bytes"]}]}
            """;

    private final FramedRig rig = new FramedRig("image", "id");

    AvroEventsTest() throws IOException {}

    @AfterEach
    void close() {
        rig.close();
    }

    private static Schema parse(String schema) {
        return new Schema.Parser().parse(schema);
    }

    private static Schema field(String type) {
        return parse(
                "{\"type\": \"record\", \"name\": \"P\", \"fields\": [{\"name\": \"image\", \"type\": " + type + "}]}");
    }

    private ImageEvent read(Schema schema, Object value) throws RejectedEventException {
        return rig.read(rig.register(Type.AVRO, schema.toString()), avro(schema, value));
    }

    private ImageEvent readImage(String type, Object image) throws RejectedEventException {
        Schema schema = field(type);
        return read(schema, new GenericRecordBuilder(schema).set("image", image).build());
    }

    private String rejectedImage(String type, Object image) {
        Schema schema = field(type);
        byte[] bytes = avro(
                schema, new GenericRecordBuilder(schema).set("image", image).build());
        return rig.rejection(rig.register(Type.AVRO, schema.toString()), bytes);
    }

    private static GenericRecordBuilder rich(Schema schema) {
        Schema camera = schema.getField("camera").schema();
        GenericData.Record old = new GenericRecordBuilder(camera)
                .set("maker", "A")
                .set("previous", null)
                .build();
        return new GenericRecordBuilder(schema)
                .set("flag", true)
                .set("at", 1_700_000_000_000L)
                .set("price", ByteBuffer.wrap(new byte[] {1, 2}))
                .set("ratio", 0.5f)
                .set("size", 2.5)
                .set(
                        "colour",
                        new GenericData.EnumSymbol(schema.getField("colour").schema(), "BLUE"))
                .set("key", new GenericData.Fixed(schema.getField("key").schema(), new byte[4]))
                .set("uuid", "c0ffee")
                .set("tags", Arrays.asList("a", null, "b"))
                .set("attributes", Map.of("x", List.of(1L, -2L), "y", List.of()))
                .set(
                        "camera",
                        new GenericRecordBuilder(camera)
                                .set("maker", "B")
                                .set("previous", old)
                                .build())
                .set("nothing", null)
                .set("id", "shoe-17")
                .set("image", ByteBuffer.wrap(PNG));
    }

    @Test
    void theImageIsFoundAmongFieldsOfEachType() throws RejectedEventException {
        Schema schema = parse(RICH);
        ImageEvent event = read(schema, rich(schema).build());
        assertThat(event.id()).isEqualTo("shoe-17");
        assertThat(event.image()).isEqualTo(PNG);
        assertThat(read(schema, rich(schema).set("id", null).build()).id()).isEqualTo(FramedRig.KEY);
        assertThat(read(schema, rich(schema).set("id", "").build()).id()).isEqualTo("image-events-2@7");
        byte[] value = Framing.framed(1, avro(schema, rich(schema).build()));
        assertThat(rig.read(value, "ce_id", "outer").id()).isEqualTo("outer");
        assertThat(rig.read(value, "content-type", "application/vnd.confluent.avro; v=1")
                        .image())
                .isEqualTo(PNG);
        assertThat(rig.server.requests()).containsExactly("GET /schemas/ids/1 null");
    }

    @Test
    void anImageHasAnyFormThatJsonAllows() throws RejectedEventException {
        String base64 = Base64.getEncoder().encodeToString(PNG);
        assertThat(readImage("\"bytes\"", ByteBuffer.wrap(PNG)).image()).isEqualTo(PNG);
        String fixed = "{\"type\": \"fixed\", \"name\": \"F\", \"size\": 7}";
        assertThat(readImage(fixed, new GenericData.Fixed(parse(fixed), PNG)).image())
                .isEqualTo(PNG);
        assertThat(readImage("\"string\"", base64).image()).isEqualTo(PNG);
        assertThat(readImage("\"string\"", "data:image/png;base64," + base64).image())
                .isEqualTo(PNG);
        assertThat(readImage("\"string\"", "s3://b/k").reference()).isEqualTo(new ImageReference("s3://b/k", null, -1));
        // Confluent's serializer writes a byte array without its length.
        assertThat(rig.read(rig.register(Type.AVRO, "\"bytes\""), PNG).image()).isEqualTo(PNG);
    }

    @Test
    void aRecordIsAReference() throws RejectedEventException {
        String text =
                """
                {"type": "record", "name": "R", "fields": [{"name": "other", "type": {"type": "array", "items": "int"}},
                  {"name": "size", "type": ["null", "long"]}, {"name": "uri", "type": "string"},
                  {"name": "sha256", "type": ["null", "string", "bytes"]}]}""";
        Schema schema = parse(text);
        GenericRecordBuilder builder =
                new GenericRecordBuilder(schema).set("other", List.of(1)).set("uri", "https://a/b.png");
        assertThat(readImage(text, builder.set("size", 5L).set("sha256", SHA256).build())
                        .reference())
                .isEqualTo(new ImageReference("https://a/b.png", SHA256, 5));
        ByteBuffer digest = ByteBuffer.wrap(HexFormat.of().parseHex(SHA256));
        assertThat(readImage(
                                text,
                                builder.set("size", null).set("sha256", digest).build())
                        .reference())
                .isEqualTo(new ImageReference("https://a/b.png", SHA256, -1));
        assertThat(rejectedImage(text, builder.set("sha256", "abc").build()))
                .isEqualTo("sha256: the SHA-256 of the image is 'abc'; 64 hexadecimal digits are needed");
    }

    @Test
    void pathsLeadIntoNestedRecords() throws Exception {
        Schema schema = parse(
                """
                {"type": "record", "name": "Outer", "fields": [
                  {"name": "photo", "type": ["null", {"type": "record", "name": "Inner", "fields": [
                    {"name": "image", "type": "string"}, {"name": "content", "type": "bytes"}]}]},
                  {"name": "meta", "type": {"type": "record", "name": "Meta", "fields": [{"name": "number", "type": "long"}]}}]}
                """);
        GenericRecordBuilder builder = new GenericRecordBuilder(schema)
                .set(
                        "meta",
                        new GenericRecordBuilder(schema.getField("meta").schema())
                                .set("number", 42L)
                                .build());
        Schema inner = schema.getField("photo").schema().getTypes().get(1);
        try (FramedRig nested = new FramedRig("photo.content", "meta.number")) {
            int id = nested.register(Type.AVRO, schema.toString());
            ImageEvent event = nested.read(
                    id,
                    avro(
                            schema,
                            builder.set(
                                            "photo",
                                            new GenericRecordBuilder(inner)
                                                    .set("image", "no")
                                                    .set("content", ByteBuffer.wrap(PNG))
                                                    .build())
                                    .build()));
            assertThat(event.image()).isEqualTo(PNG);
            assertThat(event.id()).isEqualTo("42");
            assertThat(nested.rejection(
                            id, avro(schema, builder.set("photo", null).build())))
                    .isEqualTo(
                            "no_image: there is no value in the field 'photo.content' (schemaRegistry.imageField); the"
                                    + " schema 1 (Outer) has the fields photo, meta");
        }
    }

    @Test
    void aSchemaMayImportTypes() throws RejectedEventException {
        rig.server.add("blob", Type.AVRO, "{\"type\": \"fixed\", \"name\": \"com.example.Blob\", \"size\": 7}");
        rig.server.add(
                "photo",
                Type.AVRO,
                "{\"type\": \"record\", \"name\": \"com.example.Photo\", \"fields\": [{\"name\": \"image\", \"type\": "
                        + "\"com.example.Blob\"}]}",
                "com.example.Blob=blob");
        int id = rig.register(
                Type.AVRO, "[\"null\", \"com.example.Photo\"]", "com.example.Photo=photo", "com.example.Blob=blob");
        byte[] bytes = new byte[8];
        bytes[0] = 2;
        System.arraycopy(PNG, 0, bytes, 1, 7);
        assertThat(rig.read(id, bytes).image()).isEqualTo(PNG);
    }

    @Test
    void avroMayBeginLikeJson() throws RejectedEventException {
        Schema schema =
                parse("{\"type\": \"record\", \"name\": \"P\", \"fields\": [{\"name\": \"n\", \"type\": \"int\"},"
                        + " {\"name\": \"image\", \"type\": \"bytes\"}]}");
        Object value = new GenericRecordBuilder(schema)
                .set("n", -62)
                .set("image", ByteBuffer.wrap(PNG))
                .build();
        assertThat(avro(schema, value)[0]).isEqualTo((byte) '{');
        assertThat(read(schema, value).image()).isEqualTo(PNG);
        int json = rig.register(Type.JSON, "{}");
        assertThat(rig.read(json, "{\"image\": \"AQID\"}".getBytes(UTF_8)).image())
                .containsExactly(1, 2, 3);
        assertThat(rig.server.requests()).hasSize(1);
    }

    @Test
    void fieldsOfOtherTypesAreRejected() {
        assertThat(rejectedImage("\"int\"", 5))
                .startsWith("image: the field 'image' is of the type int; bytes, a string");
        assertThat(rejectedImage("[\"null\", \"bytes\"]", null)).startsWith("no_image: there is no value in the field");
        assertThat(rejectedImage("\"string\"", "!")).startsWith("base64: the field 'image' is not Base64");
        Schema id = parse(
                "{\"type\": \"record\", \"name\": \"P\", \"fields\": [{\"name\": \"id\", \"type\": \"boolean\"}]}");
        assertThat(rig.rejection(rig.register(Type.AVRO, id.toString()), new byte[1]))
                .isEqualTo("id: the field 'id' is of the type boolean; a string or a whole number is needed");
        assertThat(rig.rejection(rig.register(Type.AVRO, "\"string\""), new byte[] {2, 'x'}))
                .isEqualTo("no_image: there is no value in the field 'image' (schemaRegistry.imageField); the schema 5"
                        + " (string) has no fields");
    }

    @Test
    void schemasThatAreUnknownOrUnreadableAreRejected() {
        assertThat(rig.rejection(9, PNG))
                .isEqualTo("schema_unknown: the schema registry has no schema id 9 (status 404, 'Schema 9 not found')");
        rig.rejection(9, PNG);
        assertThat(rig.server.requests()).hasSize(1);
        assertThat(rig.rejection(rig.register(Type.AVRO, "{\"type\": \"recor"), PNG))
                .startsWith("schema_invalid: the schema 1 can't be read: ");
        assertThat(rig.rejection(rig.register(Type.AVRO, "[".repeat(5_000)), PNG))
                .startsWith("schema_invalid: ");
        assertThat(rig.rejection(rig.register(Type.JSON, "{}"), PNG))
                .isEqualTo("schema_mismatch: the value does not match the schema 3: it is not JSON");
        assertThat(rig.rejection(rig.register(Type.OTHER, "x"), PNG))
                .isEqualTo("schema_invalid: the schema 4 is neither Avro, Protobuf nor JSON Schema");
        assertThat(rig.rejection(rig.register(Type.AVRO, "\"X\"", "X=gone"), PNG))
                .startsWith("schema_unknown: the schema registry has no version 1 of the subject gone");
    }

    @Test
    void anOutageDelaysEventsAndRejectsNone() throws RejectedEventException {
        rig.server.fail(new Failure(503, ""), new Failure(500, ""));
        assertThat(readImage("\"bytes\"", ByteBuffer.wrap(PNG)).image()).isEqualTo(PNG);
        assertThat(rig.server.requests()).hasSize(3);
    }

    @Test
    void newerFramingAndOtherContentAreRejectedByName() {
        assertThat(rig.rejection(PNG, "__value_schema_id", "\u0001guid"))
                .startsWith("schema_id: the header '__value_schema_id' has the GUID of a schema, which is not read");
        assertThat(rig.rejection(PNG, "content-type", "application/avro"))
                .startsWith(
                        "content_type: content-type is 'application/avro'; allowed are values that begin with a zero");
        assertThat(rig.server.requests()).isEmpty();
    }

    /** Writes longs as Avro does. */
    private static byte[] longs(long... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long value : values) {
            bytes.writeBytes(avro(Schema.create(Schema.Type.LONG), value));
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "bytes"|2000000000|bytes are announced, and 0 are left
                    "string"|1099511627776|bytes are announced, and 0 are left
                    "bytes"|-1|-1 bytes are announced
                    ["null", "bytes"]|7|a union of 2 types has the index 7
                    {"type": "fixed", "name": "F", "size": 1000000000}|0|1000000000 bytes are announced
                    {"type": "array", "items": "bytes"}|4611686018427387904|is of the type array
                    """)
    void aClaimedLengthAllocatesNothing(String type, long claim, String reason) {
        int id = rig.register(Type.AVRO, field(type).toString());
        assertThat(rig.cheapRejection(id, longs(claim))).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"array\", \"items\": \"null\"}",
                "{\"type\": \"array\", \"items\": \"int\"}",
                "{\"type\": \"array\", \"items\": {\"type\": \"fixed\", \"name\": \"E\", \"size\": 0}}",
                "{\"type\": \"array\", \"items\": {\"type\": \"record\", \"name\": \"E\", \"fields\": []}}",
                "{\"type\": \"map\", \"values\": \"null\"}",
                "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\"]}",
                "\"bytes\"",
                "\"string\"",
                "[\"null\"]"
            })
    void skippedFieldsAreBounded(String type) {
        int id = rig.register(
                Type.AVRO,
                "{\"type\": \"record\", \"name\": \"P\", \"fields\": [{\"name\": \"before\", \"type\": " + type
                        + "}, {\"name\": \"image\", \"type\": \"bytes\"}]}");
        for (long claim : List.of(Long.MAX_VALUE, Long.MIN_VALUE, (long) Integer.MAX_VALUE, -5L)) {
            assertThat(rig.cheapRejection(id, longs(claim, claim)))
                    .startsWith("schema_mismatch: the value does not match");
            assertThat(rig.cheapRejection(id, longs(claim))).startsWith("schema_mismatch: ");
        }
    }

    @Test
    void depthIsBounded() {
        String list =
                """
                {"type": "record", "name": "P", "fields": [{"name": "next", "type": ["null", "P"]},
                  {"name": "image", "type": "bytes"}]}""";
        byte[] ones = new byte[100_000];
        Arrays.fill(ones, (byte) 2);
        assertThat(rig.cheapRejection(rig.register(Type.AVRO, list), ones))
                .isEqualTo("value_too_deep: the value nests deeper than the 8 levels that limits.maxJsonDepth allows");
    }

    @Test
    void whatFollowsOrIsMissingIsAMismatch() {
        Schema schema = parse(RICH);
        byte[] whole = avro(schema, rich(schema).build());
        int id = rig.register(Type.AVRO, RICH);
        assertThat(rig.rejection(id, Arrays.copyOf(whole, whole.length + 2)))
                .isEqualTo(
                        "schema_mismatch: the value does not match the schema 1 (com.example.Photo): 2 bytes are left"
                                + " after it");
        for (int length = 1; length < whole.length; length++) {
            assertThat(rig.rejection(id, Arrays.copyOf(whole, length))).startsWith("schema_mismatch: ");
        }
    }

    @Test
    void damagedValuesAreReadOrRejected() {
        Schema schema = parse(RICH);
        byte[] whole = avro(schema, rich(schema).build());
        int id = rig.register(Type.AVRO, RICH);
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
                assertThat(e.code())
                        .isIn("schema_mismatch", "value_too_deep", "base64", "no_image", "id_too_long", "json");
            }
        }
        assertThat(read).isBetween(100, 4_900);
        assertThat(Collections.frequency(rig.server.requests(), "GET /schemas/ids/1 null"))
                .isEqualTo(1);
    }
}
