package io.resnetstreams.events;

import io.resnetstreams.common.Ranges;

/**
 * What labels contain, and how they are encoded.
 *
 * @param format {@code json}; {@code cloudevents}, which adds the attributes of a CloudEvent as headers; or {@code avro}, which
 *     needs a schema registry
 * @param connectSchema whether the JSON has the envelope with a schema that Kafka Connect's JsonConverter reads
 * @param topK the number of classes of a label; 0 for as many as the model's {@code topK}
 * @param threshold the lowest probability for which the best class is the label; from 0 to 1
 * @param embedding {@code true} or {@code fp32}, {@code fp16}, or {@code false} for labels without embedding
 */
public record LabelSettings(String format, boolean connectSchema, int topK, double threshold, String embedding) {
    private static final int MOST_CLASSES = 100_000;

    public LabelSettings {
        if (!format.matches("json|cloudevents|avro")) {
            throw new IllegalArgumentException("format is '" + format + "'; allowed are json, cloudevents and avro");
        }
        if (connectSchema && format.equals("avro")) {
            throw new IllegalArgumentException(
                    "connectSchema is true and format is 'avro'; the envelope is for json and cloudevents");
        }
        Ranges.require("topK", topK, 0, MOST_CLASSES);
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold is " + threshold + "; allowed are 0 to 1");
        }
        if (!embedding.matches("false|true|fp32|fp16")) {
            throw new IllegalArgumentException(
                    "embedding is '" + embedding + "'; allowed are false, true, fp32 and fp16");
        }
    }

    /** Returns whether labels are Avro, by a schema that is registered. */
    public boolean writesAvro() {
        return format.equals("avro");
    }

    /** Returns whether labels are CloudEvents. */
    boolean isCloudEvent() {
        return format.equals("cloudevents");
    }

    /** Returns whether labels have the embedding of their image. */
    public boolean hasEmbedding() {
        return !embedding.equals("false");
    }

    /** Returns the type of the values of an embedding. */
    public Embedding.Type embeddingType() {
        return embedding.equals("fp16") ? Embedding.Type.FP16 : Embedding.Type.FP32;
    }
}
