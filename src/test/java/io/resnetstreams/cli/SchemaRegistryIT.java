package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.CodedOutputStream;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.registry.RegisteredSchema.Type;
import io.resnetstreams.registry.RegistryServer;
import io.resnetstreams.registry.RegistrySettings;
import io.resnetstreams.registry.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real instance that reads Avro and Protobuf, and writes labels in Avro, by the schemas of a registry. */
class SchemaRegistryIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Schema PHOTO = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "Photo", "namespace": "com.example", "fields": [
                      {"name": "taken", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                      {"name": "id", "type": ["null", "string"], "default": null}, {"name": "image", "type": "bytes"}]}
                    """);
    private static final String PROTO =
            """
            syntax = "proto3";
            package com.example;
            message Other { int32 x = 1; }
            message Photo { bytes image = 3; string id = 7; }
            """;

    private static SchemaRegistry client(String url) {
        return new SchemaRegistry(new RegistrySettings(url, "", "", "", 30_000));
    }

    private static byte[] framed(int schema, byte[] bytes) {
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) 0)
                .putInt(schema)
                .put(bytes)
                .array();
    }

    private static byte[] avro(int schema, String id, byte[] image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        GenericRecord photo = new GenericRecordBuilder(PHOTO)
                .set("taken", 1L)
                .set("id", id)
                .set("image", ByteBuffer.wrap(image))
                .build();
        new GenericDatumWriter<GenericRecord>(PHOTO).write(photo, encoder);
        return framed(schema, bytes.toByteArray());
    }

    private static byte[] protobuf(int schema, String id, byte[] image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream output = CodedOutputStream.newInstance(bytes);
        output.writeSInt32NoTag(1);
        output.writeSInt32NoTag(1);
        output.writeByteArray(3, image);
        output.writeString(7, id);
        output.flush();
        return framed(schema, bytes.toByteArray());
    }

    private static void send(TestCluster cluster, byte[]... values) throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>("image-events", 0, "key".getBytes(UTF_8), value))
                        .get();
            }
        }
    }

    /** Reads a label as a consumer does, by the schema that the registry has for it. */
    private static GenericRecord label(SchemaRegistry registry, ConsumerRecord<byte[], byte[]> record)
            throws Exception {
        byte[] value = record.value();
        Schema schema = new Schema.Parser()
                .parse(registry.schema(ByteBuffer.wrap(value, 1, 4).getInt()).text());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    private static void assertOutcomes(TestCluster cluster, String url) throws Exception {
        SchemaRegistry registry = client(url);
        int avro = registry.register("image-events-value", Type.AVRO, PHOTO.toString());
        int protobuf = registry.register("image-events-protobuf", Type.PROTOBUF, PROTO);
        byte[] image = TestCluster.sampleImage();
        String json = JsonNodeFactory.instance
                .objectNode()
                .put("id", "in JSON")
                .put("image", Base64.getEncoder().encodeToString(image))
                .toString();
        send(
                cluster,
                avro(avro, "in Avro", image),
                protobuf(protobuf, "in Protobuf", image),
                json.getBytes(UTF_8),
                image,
                avro(9_999_999, "unknown", image));
        try (OutcomesBySource outcomes =
                new OutcomesBySource(cluster.bootstrap(), "image-labels", "image-events-dlq").await(5, PATIENCE)) {
            List<String> ids = List.of("in Avro", "in Protobuf", "in JSON", "key");
            for (int i = 0; i < ids.size(); i++) {
                ConsumerRecord<byte[], byte[]> record = outcomes.only(0, i);
                assertThat(OutcomesBySource.header(record, "content-type")).isEqualTo("application/vnd.confluent.avro");
                assertThat(label(registry, record).get("id")).hasToString(ids.get(i));
                assertThat(LabelEvent.complete("image-labels", record.value()).labels())
                        .isNotEmpty();
            }
            assertThat(OutcomesBySource.header(outcomes.only(0, 4), DeadLetter.MESSAGE_HEADER))
                    .contains("the schema registry has no schema id 9999999 (status 404, ");
        }
        assertThat(cluster.check()).isZero();
    }

    @Test
    void eventsAndLabelsAreReadAndWrittenBySchemas() throws Exception {
        try (RegistryServer server = new RegistryServer();
                TestCluster cluster = TestCluster.start()) {
            InstanceProcess instance = cluster.run("schemaRegistry.url=" + server.url(), "labels.format=avro");
            assertOutcomes(cluster, server.url());

            // An event that the registry is needed for waits.
            int other = server.add("other", Type.AVRO, "\"bytes\"");
            server.down(true);
            send(cluster, framed(other, TestCluster.sampleImage()));
            Endpoint endpoint =
                    new Endpoint("http://" + instance.metricsEndpoint().orElseThrow());
            await().atMost(PATIENCE).until(() -> endpoint.ready().statusCode() == 503);
            assertThat(endpoint.ready().reason())
                    .startsWith("the schema registry is unavailable for ")
                    .endsWith(server.url() + "/schemas/ids/" + other + ": status 503");
            assertThat(endpoint.live().statusCode()).isEqualTo(200);
            assertThat(instance.log()).contains("Waiting: the schema registry is unavailable");
            server.down(false);
            assertLastIsLabel(cluster, 6);

            // An instance whose event waits can be stopped, and writes no outcome for it.
            server.down(true);
            send(cluster, framed(server.add("another", Type.AVRO, "\"string\""), new byte[] {2, 'x'}));
            await().atMost(PATIENCE).until(() -> endpoint.ready().statusCode() == 503);
            assertThat(instance.terminate()).as(instance::log).isZero();
            assertLastIsLabel(cluster, 6);
        }
    }

    private static void assertLastIsLabel(TestCluster cluster, int count) {
        try (OutcomesBySource outcomes =
                new OutcomesBySource(cluster.bootstrap(), "image-labels", "image-events-dlq").await(count, PATIENCE)) {
            assertThat(outcomes.all()).hasSize(count);
            assertThat(outcomes.isLabel(outcomes.only(0, count - 1))).isTrue();
        }
    }

    @Test
    @Tag("full") // The test above has the same requests without a registry of 136 MB.
    void apicurioRegistryWorks() throws Exception {
        try (ApicurioServer server = new ApicurioServer();
                TestCluster cluster = TestCluster.start()) {
            cluster.run("schemaRegistry.url=" + server.url(), "labels.format=avro");
            assertOutcomes(cluster, server.url());
        }
    }
}
