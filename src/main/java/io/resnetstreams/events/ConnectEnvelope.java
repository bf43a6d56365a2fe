package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;

/** The envelope {@code {"schema", "payload"}} that Kafka Connect's JsonConverter reads with {@code schemas.enable=true}. */
final class ConnectEnvelope {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final byte[] START = ("{\"schema\":" + schema() + ",\"payload\":").getBytes(UTF_8);
    private static final byte[] END = {'}'};

    private ConnectEnvelope() {}

    /** Returns the JSON of a label in the envelope. */
    static byte[] around(byte[] json) {
        return ByteBuffer.allocate(START.length + json.length + END.length)
                .put(START)
                .put(json)
                .put(END)
                .array();
    }

    private static ObjectNode schema() {
        ArrayNode labels = NODES.arrayNode()
                .add(field("label", "string"))
                .add(field("index", "int32"))
                .add(field("probability", "double"));
        ObjectNode array = field("labels", "array");
        array.set("items", struct(labels));
        ArrayNode image = NODES.arrayNode().add(field("uri", "string")).add(field("sha256", "string"));
        ArrayNode source = NODES.arrayNode()
                .add(field("topic", "string"))
                .add(field("partition", "int32"))
                .add(field("offset", "int64"))
                .add(field("timestamp", "int64"))
                .add(optional(field("part", "int32")))
                .add(optional(field("parts", "int32")))
                .add(optional(struct(image).put("field", "image")));
        ArrayNode embedding = NODES.arrayNode()
                .add(field("type", "string"))
                .add(field("length", "int32"))
                .add(field("values", "bytes"));
        ArrayNode all = NODES.arrayNode()
                .add(field("id", "string"))
                .add(optional(field("label", "string")))
                .add(optional(field("probability", "double")))
                .add(array)
                .add(struct(NODES.arrayNode().add(field("name", "string")).add(field("digest", "string")))
                        .put("field", "model"))
                .add(struct(source).put("field", "source"))
                .add(optional(struct(embedding).put("field", "embedding")));
        return struct(all).put("name", "io.resnetstreams.Label");
    }

    private static ObjectNode type(String type) {
        return NODES.objectNode().put("type", type).put("optional", false);
    }

    private static ObjectNode field(String name, String type) {
        return type(type).put("field", name);
    }

    private static ObjectNode struct(ArrayNode fields) {
        ObjectNode struct = type("struct");
        struct.set("fields", fields);
        return struct;
    }

    private static ObjectNode optional(ObjectNode schema) {
        return schema.put("optional", true);
    }
}
