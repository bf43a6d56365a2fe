package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.ModelReference;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Writes label events as the annotations of {@link LabelEvent} say, field by field, since databind takes longer. What is the same
 * for all labels of a class or a model is encoded once. Thread-safe.
 */
final class LabelJson {
    /** More classes than almost all models have; further ones are encoded each time. */
    private static final int MOST_CLASSES = 4_096;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final SerializedString ID = new SerializedString("id");
    private static final SerializedString LABEL = new SerializedString("label");
    private static final SerializedString PROBABILITY = new SerializedString("probability");
    private static final SerializedString LABELS = new SerializedString("labels");
    private static final SerializedString MODEL = new SerializedString("model");
    private static final SerializedString SOURCE = new SerializedString("source");
    private static final SerializedString TOPIC = new SerializedString("topic");
    private static final SerializedString PARTITION = new SerializedString("partition");
    private static final SerializedString OFFSET = new SerializedString("offset");
    private static final SerializedString TIMESTAMP = new SerializedString("timestamp");

    /** What precedes the probability of a class, by index; of another model's class until it is replaced. */
    private static final AtomicReferenceArray<OfClass> CLASSES = new AtomicReferenceArray<>(MOST_CLASSES);

    private static final AtomicReference<OfModel> LAST_MODEL = new AtomicReference<>();

    private record OfClass(String label, SerializedString json) {}

    private record OfModel(ModelReference model, SerializedString json) {}

    private LabelJson() {}

    static byte[] write(LabelEvent event) throws IOException {
        ByteArrayBuilder out = new ByteArrayBuilder(JSON._getBufferRecycler());
        try (JsonGenerator json = JSON.createGenerator(out)) {
            write(event, json);
        }
        return out.getClearAndRelease();
    }

    private static void write(LabelEvent event, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeFieldName(ID);
        json.writeString(event.id());
        json.writeFieldName(LABEL);
        json.writeString(event.label());
        json.writeFieldName(PROBABILITY);
        if (event.probability() == null) {
            json.writeNull();
        } else {
            json.writeNumber(event.probability());
        }
        json.writeFieldName(LABELS);
        json.writeStartArray();
        for (Label label : event.labels()) {
            write(label, json);
        }
        json.writeEndArray();
        json.writeFieldName(MODEL);
        json.writeRawValue(of(event.model()));
        json.writeFieldName(SOURCE);
        write(event.origin(), json);
        if (event.embedding() != null) {
            write(event.embedding(), json);
        }
        json.writeEndObject();
    }

    private static void write(Label label, JsonGenerator json) throws IOException {
        json.writeRawValue(of(label));
        json.writeRaw(NumberOutput.toString(label.probability(), true));
        json.writeRaw('}');
    }

    private static SerializedString of(Label label) {
        int index = label.index();
        boolean isKept = index >= 0 && index < MOST_CLASSES;
        OfClass kept = isKept ? CLASSES.get(index) : null;
        if (kept != null && kept.label.equals(label.label())) {
            return kept.json;
        }
        SerializedString json = new SerializedString(
                "{\"label\":" + quoted(label.label()) + ",\"index\":" + index + ",\"probability\":");
        if (isKept) {
            CLASSES.set(index, new OfClass(label.label(), json));
        }
        return json;
    }

    private static SerializedString of(ModelReference model) {
        OfModel last = LAST_MODEL.get();
        if (last == null || !last.model.equals(model)) {
            String json = "{\"name\":" + quoted(model.name()) + ",\"digest\":" + quoted(model.digest()) + "}";
            last = new OfModel(model, new SerializedString(json));
            LAST_MODEL.set(last);
        }
        return last.json;
    }

    private static String quoted(String text) {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String(out.toByteArray(), UTF_8);
    }

    private static void write(Source source, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeFieldName(TOPIC);
        json.writeString(source.topic());
        json.writeFieldName(PARTITION);
        json.writeNumber(source.partition());
        json.writeFieldName(OFFSET);
        json.writeNumber(source.offset());
        json.writeFieldName(TIMESTAMP);
        json.writeNumber(source.timestamp());
        if (source.part() != null) {
            json.writeNumberField("part", source.part());
        }
        if (source.parts() != null) {
            json.writeNumberField("parts", source.parts());
        }
        SourceImage image = source.image();
        if (image != null) {
            json.writeObjectFieldStart("image");
            json.writeStringField("uri", image.uri());
            json.writeStringField("sha256", image.sha256());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(Embedding embedding, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("embedding");
        json.writeStringField("type", embedding.type().toString());
        json.writeNumberField("length", embedding.length());
        json.writeBinaryField("values", embedding.values());
        json.writeEndObject();
    }
}
