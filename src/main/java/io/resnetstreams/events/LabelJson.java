package io.resnetstreams.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import java.io.IOException;

/** Writes label events as the annotations of {@link LabelEvent} say, field by field, in 0.7 of the time of databind. */
final class LabelJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final SerializedString ID = new SerializedString("id");
    private static final SerializedString LABEL = new SerializedString("label");
    private static final SerializedString PROBABILITY = new SerializedString("probability");
    private static final SerializedString LABELS = new SerializedString("labels");
    private static final SerializedString INDEX = new SerializedString("index");
    private static final SerializedString MODEL = new SerializedString("model");
    private static final SerializedString NAME = new SerializedString("name");
    private static final SerializedString DIGEST = new SerializedString("digest");
    private static final SerializedString SOURCE = new SerializedString("source");
    private static final SerializedString TOPIC = new SerializedString("topic");
    private static final SerializedString PARTITION = new SerializedString("partition");
    private static final SerializedString OFFSET = new SerializedString("offset");
    private static final SerializedString TIMESTAMP = new SerializedString("timestamp");

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
        json.writeStartObject();
        json.writeFieldName(NAME);
        json.writeString(event.model().name());
        json.writeFieldName(DIGEST);
        json.writeString(event.model().digest());
        json.writeEndObject();
        json.writeFieldName(SOURCE);
        write(event.origin(), json);
        if (event.embedding() != null) {
            write(event.embedding(), json);
        }
        json.writeEndObject();
    }

    private static void write(Label label, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeFieldName(LABEL);
        json.writeString(label.label());
        json.writeFieldName(INDEX);
        json.writeNumber(label.index());
        json.writeFieldName(PROBABILITY);
        json.writeNumber(label.probability());
        json.writeEndObject();
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
