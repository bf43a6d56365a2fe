package io.resnetstreams.model.convert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.JsonFile;
import io.resnetstreams.model.ProbabilityRows;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.SymbolNetwork;
import io.resnetstreams.model.onnx.OnnxConversion;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.model.onnx.OnnxSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares networks with the results of another implementation for the same {@link FormulaWeights}. A reference file has a
 * seed and, for each architecture, the number of parameters and for two images the first logits, the most probable class,
 * and the norm and the mean of all logits.
 */
public final class ReferenceCheck {
    private final JsonNode reference;
    private final int size;

    /**
     * The result for an architecture.
     *
     * @param maxRelativeDifference largest difference over both images of a logit or the mean, relative to the largest
     *     logit, or of the norm, relative to itself
     */
    public record Result(
            String name, long parameters, boolean parametersEqual, double maxRelativeDifference, boolean argmaxEqual) {
        /** Returns whether everything is equal within the tolerance; false for a difference of NaN. */
        public boolean passes(double tolerance) {
            return parametersEqual && argmaxEqual && maxRelativeDifference <= tolerance;
        }
    }

    private ReferenceCheck(JsonNode reference, int size) {
        this.reference = reference;
        this.size = size;
    }

    /** @throws InvalidModelException if a field is missing or malformed; the message names it */
    public static ReferenceCheck read(Path file) throws InvalidModelException {
        JsonNode reference = JsonFile.read(file);
        JsonNode shape = reference.path("input_shape");
        int size = shape.path(3).asInt();
        if (!reference.path("seed").isIntegralNumber()
                || !reference.path("models").isObject()
                || shape.path(0).asInt() != 2
                || shape.path(1).asInt() != 3
                || shape.path(2).asInt() != size
                || size < 32
                || size > 4_096) {
            throw new InvalidModelException(file
                    + ": must have the fields seed, models and input_shape [2, 3, EDGE, EDGE], EDGE from 32 to 4096");
        }
        for (Map.Entry<String, JsonNode> model : reference.get("models").properties()) {
            for (String field : new String[] {"logits", "argmax", "l2", "mean"}) {
                if (model.getValue().path(field).size() != 2) {
                    throw new InvalidModelException(file + ": models." + model.getKey() + "." + field
                            + " must have two values, one for each image");
                }
            }
            try {
                ResNetArchitecture.of(model.getKey());
            } catch (IllegalArgumentException e) {
                throw new InvalidModelException(file + ": " + e.getMessage(), e);
            }
        }
        return new ReferenceCheck(reference, size);
    }

    /** Returns the names of the architectures in the file. */
    public List<String> names() {
        return reference.get("models").propertyStream().map(Map.Entry::getKey).toList();
    }

    /** Builds an architecture, classifies the two images with an engine and compares the results. */
    public Result check(String name, EngineName engine) {
        JsonNode expected = reference.get("models").get(name);
        int classes = expected.path("classes").asInt(1_000);
        ResNetSymbol symbol = ResNetSymbol.of(ResNetArchitecture.of(name), classes, ResNetSymbol.Output.LOGITS);
        FormulaWeights weights = new FormulaWeights(reference.get("seed").asLong());
        float[] logits = engine == EngineName.MXNET ? logits(symbol, weights) : onnxLogits(symbol, weights);
        double largest = 0;
        boolean argmaxEqual = true;
        for (int image = 0; image < 2; image++) {
            Logits found = new Logits(logits, image * classes, classes);
            largest = Math.max(largest, found.difference(expected, image));
            argmaxEqual &= ProbabilityRows.argmax(logits, image * classes, classes)
                    == expected.get("argmax").get(image).asInt(-1);
        }
        long parameters = symbol.trainableParameters();
        boolean counted =
                !expected.has("parameters") || expected.get("parameters").asLong() == parameters;
        return new Result(name, parameters, counted, largest, argmaxEqual);
    }

    private float[] logits(ResNetSymbol symbol, FormulaWeights weights) {
        try (SymbolNetwork network = new SymbolNetwork(symbol, weights::values);
                NDManager scope = network.manager().newSubManager()) {
            NDArray images = scope.create(weights.images(size), new Shape(2, size, size, 3));
            return network.forward(images, false, scope).toFloatArray();
        }
    }

    private float[] onnxLogits(ResNetSymbol symbol, FormulaWeights weights) {
        Map<String, float[]> values = new LinkedHashMap<>();
        symbol.parameters().forEach((name, shape) -> values.put(name, weights.values(shape)));
        OnnxModel network = OnnxConversion.convert(new Network(symbol, values), size, size);
        try (OnnxSession session = OnnxSession.load(network.withFloatPixels())) {
            FloatBuffer images = FloatBuffer.wrap(weights.images(size));
            return session.run(images, false, 2, size, size, 3).get(0).values();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Logits(float[] values, int from, int size) {
        double difference(JsonNode expected, int image) {
            double largest = 0;
            double squares = 0;
            double sum = 0;
            for (int i = 0; i < size; i++) {
                double value = values[from + i];
                largest = Math.max(largest, Math.abs(value));
                squares += value * value;
                sum += value;
            }
            double difference = 0;
            JsonNode first = expected.get("logits").get(image);
            for (int i = 0; i < first.size(); i++) {
                difference = Math.max(difference, Math.abs(first.get(i).asDouble(Double.NaN) - values[from + i]));
            }
            double mean = Math.abs(expected.get("mean").get(image).asDouble(Double.NaN) - sum / size);
            double norm = expected.get("l2").get(image).asDouble(Double.NaN);
            return Math.max(Math.max(difference, mean) / largest, Math.abs(norm - Math.sqrt(squares)) / norm);
        }
    }
}
