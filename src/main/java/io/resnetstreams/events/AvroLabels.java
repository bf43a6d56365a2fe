package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericData.EnumSymbol;
import org.apache.avro.generic.GenericData.Record;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Labels in Avro, by {@code label-event.avsc}. Labels of other versions are read by the present schema: new fields are only added
 * at the end, with a default. Loaded only if labels are Avro.
 */
final class AvroLabels {
    private static final Schema SCHEMA = schema();
    private static final Schema LABEL = SCHEMA.getField("labels").schema().getElementType();
    private static final Schema MODEL = SCHEMA.getField("model").schema();
    private static final Schema SOURCE = SCHEMA.getField("source").schema();
    private static final Schema IMAGE = ofOptional(SOURCE, "image");
    private static final Schema EMBEDDING = ofOptional(SCHEMA, "embedding");

    private AvroLabels() {}

    private static Schema schema() {
        try (InputStream file = AvroLabels.class.getResourceAsStream("/label-event.avsc")) {
            return new Schema.Parser().parse(file);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the schema of labels", e);
        }
    }

    private static Schema ofOptional(Schema record, String field) {
        return record.getField(field).schema().getTypes().get(1);
    }

    /** Returns the encoding of a label, without framing. */
    static byte[] encode(LabelEvent label) {
        requireEncodable(label.id());
        Record record = record(SCHEMA, label.id(), label.label(), (double) label.probability());
        List<Record> labels = new ArrayList<>();
        for (Label one : label.labels()) {
            labels.add(record(LABEL, one.label(), one.index(), (double) one.probability()));
        }
        record.put("labels", labels);
        record.put("model", record(MODEL, label.model().name(), label.model().digest()));
        record.put("source", source(label.origin()));
        Embedding embedding = label.embedding();
        if (embedding != null) {
            record.put(
                    "embedding",
                    record(
                            EMBEDDING,
                            new EnumSymbol(
                                    EMBEDDING.getField("type").schema(),
                                    embedding.type().toString()),
                            embedding.length(),
                            ByteBuffer.wrap(embedding.values())));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<GenericRecord>(SCHEMA, GenericData.get()).write(record, encoder);
        } catch (IOException | RuntimeException e) {
            throw new SerializationException("cannot write the label of " + label.origin(), e);
        }
        return bytes.toByteArray();
    }

    private static Record source(Source source) {
        Record record = record(
                SOURCE,
                source.topic(),
                source.partition(),
                source.offset(),
                source.timestamp(),
                source.part(),
                source.parts());
        if (source.image() != null) {
            requireEncodable(source.image().uri());
            record.put(
                    "image", record(IMAGE, source.image().uri(), source.image().sha256()));
        }
        return record;
    }

    /** Avro would replace half of a surrogate pair, which JSON can contain. */
    private static void requireEncodable(String text) {
        if (!UTF_8.newEncoder().canEncode(text)) {
            throw new SerializationException("half of a surrogate pair can't be written as UTF-8");
        }
    }

    /** Returns a record with these values in its first fields; the others are null. */
    private static Record record(Schema schema, Object... values) {
        Record record = new Record(schema);
        for (int i = 0; i < values.length; i++) {
            record.put(i, values[i]);
        }
        return record;
    }

    /** Returns a framed label as a tree, whose fields are those of the JSON. */
    static ObjectNode decode(byte[] framed) throws IOException {
        if (framed.length < Framing.BYTES) {
            throw new IOException("it ends within the id of its schema");
        }
        try {
            return new AvroInput(framed, Framing.BYTES, Integer.MAX_VALUE).tree(SCHEMA);
        } catch (RuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
