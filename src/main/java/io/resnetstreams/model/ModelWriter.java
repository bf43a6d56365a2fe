package io.resnetstreams.model;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.Digests;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Writes model directories, as {@link ModelDirectory} reads them. Stateless. */
public final class ModelWriter {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ModelWriter() {}

    /**
     * Writes a model of the architecture in its description; an existing model in the directory is replaced.
     *
     * @param parameters returns each parameter's values, row-major
     * @throws IllegalArgumentException if values are missing or do not fit the parameter's shape
     */
    public static void write(
            Path directory,
            ModelDescription description,
            List<String> labels,
            Function<ParameterShape, float[]> parameters)
            throws IOException {
        ResNetArchitecture architecture = ResNetArchitecture.of(description.architecture());
        ResNetSymbol symbol = ResNetSymbol.of(architecture, labels.size(), ResNetSymbol.Output.PROBABILITIES);
        write(directory, description, labels, symbol, parameters);
    }

    /** Writes a model of any graph; see {@link #write(Path, ModelDescription, List, Function)}. */
    public static void write(
            Path directory,
            ModelDescription description,
            List<String> labels,
            ResNetSymbol symbol,
            Function<ParameterShape, float[]> parameters)
            throws IOException {
        String name = description.name();
        write(
                directory,
                description,
                labels,
                List.of(ModelDirectory.symbolFile(name), ModelDirectory.parametersFile(name)),
                () -> writeNetwork(directory, name, symbol, parameters));
    }

    /** Writes a model whose network is in ONNX; an existing model in the directory is replaced. */
    public static void write(Path directory, ModelDescription description, List<String> labels, OnnxModel network)
            throws IOException {
        String file = ModelDirectory.onnxFile(description.name());
        write(directory, description, labels, List.of(file), () -> network.write(directory.resolve(file)));
    }

    /** Copies a model to another folder, with another origin. */
    public static void copy(ModelDirectory model, ModelDescription.Provenance provenance, Path directory)
            throws IOException {
        Files.createDirectories(directory);
        for (String file : model.description().files().keySet()) {
            Files.copy(model.directory().resolve(file), directory.resolve(file));
        }
        Files.writeString(
                directory.resolve(ModelDirectory.DESCRIPTION_FILE),
                JSON.writeValueAsString(model.description().withProvenance(provenance)) + "\n");
    }

    private interface NetworkWriter {
        void write() throws IOException;
    }

    private static void write(
            Path directory,
            ModelDescription description,
            List<String> labels,
            List<String> networkFiles,
            NetworkWriter network)
            throws IOException {
        Files.createDirectories(directory);
        // The description is written last, with the digests, so that a partly written directory is refused.
        Path descriptionFile = directory.resolve(ModelDirectory.DESCRIPTION_FILE);
        Files.deleteIfExists(descriptionFile);
        network.write();
        Files.write(directory.resolve(ModelDirectory.SYNSET_FILE), labels);
        Map<String, String> digests = new LinkedHashMap<>();
        for (String file : networkFiles) {
            digests.put(file, Digests.of(directory.resolve(file)));
        }
        digests.put(ModelDirectory.SYNSET_FILE, Digests.of(directory.resolve(ModelDirectory.SYNSET_FILE)));
        Files.writeString(descriptionFile, JSON.writeValueAsString(description.withFiles(digests)) + "\n");
    }

    static void writeNetwork(
            Path directory, String name, ResNetSymbol symbol, Function<ParameterShape, float[]> parameters)
            throws IOException {
        Files.writeString(directory.resolve(ModelDirectory.symbolFile(name)), symbol.json() + "\n");
        ParametersFile.write(directory.resolve(ModelDirectory.parametersFile(name)), symbol.parameters(), parameters);
    }
}
