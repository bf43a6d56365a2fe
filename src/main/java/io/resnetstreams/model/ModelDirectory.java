package io.resnetstreams.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.Digests;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParametersCheck;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ParametersReader;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model on disk, verified: {@code NAME-symbol.json}, {@code NAME-0000.params}, {@code synset.txt} and {@code
 * model.json}. The first two are the engine's own format, so that DJL reads the directory as it is.
 */
public final class ModelDirectory {
    public static final String DESCRIPTION_FILE = "model.json";
    static final String SYNSET_FILE = "synset.txt";
    /** ResNet-152's has some 500 KB. */
    public static final int MOST_SYMBOL_BYTES = 32_000_000;

    private static final int MOST_SYNSET_BYTES = 16_000_000;
    private static final int MOST_DESCRIPTION_BYTES = 1_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Path directory;
    private final ModelDescription description;
    private final List<String> labels;

    private ModelDirectory(Path directory, ModelDescription description, List<String> labels) {
        this.directory = directory;
        this.description = description;
        this.labels = labels;
    }

    public static String symbolFile(String name) {
        return name + "-symbol.json";
    }

    public static String parametersFile(String name) {
        return name + "-0000.params";
    }

    /**
     * Reads a model and checks every file's digest.
     *
     * @throws InvalidModelException if something is missing, unknown or not what its digest says
     */
    public static ModelDirectory load(Path directory) throws InvalidModelException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidModelException("model " + directory
                    + (Files.exists(directory)
                            ? ": is a file, where a model directory is needed; 'model import' makes one of a checkpoint"
                            : ": there is no such directory"));
        }
        ModelDescription description = readDescription(directory.resolve(DESCRIPTION_FILE));
        String name = description.name();
        for (String needed : List.of(symbolFile(name), parametersFile(name), SYNSET_FILE)) {
            if (!description.files().containsKey(needed)) {
                throw new InvalidModelException(
                        directory.resolve(DESCRIPTION_FILE) + ": files has no digest for " + needed);
            }
        }
        for (Map.Entry<String, String> file : description.files().entrySet()) {
            verify(directory, file.getKey(), file.getValue());
        }
        // The engine reads both as they are, and takes memory for whatever they claim.
        ParametersCheck.require(directory.resolve(parametersFile(name)));
        requireAtMost(directory.resolve(symbolFile(name)), MOST_SYMBOL_BYTES);
        return new ModelDirectory(directory, description, readLabels(directory.resolve(SYNSET_FILE)));
    }

    private static void requireAtMost(Path file, long most) throws InvalidModelException {
        try {
            long size = Files.size(file);
            if (size > most) {
                throw new InvalidModelException(file + ": has " + size + " bytes; at most " + most + " are read");
            }
        } catch (IOException e) {
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static ModelDescription readDescription(Path file) throws InvalidModelException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidModelException("model file " + file
                    + " is missing; 'model import' makes a model directory of a checkpoint, 'model train' of images");
        }
        try {
            byte[] bytes = BoundedFile.bytes(file, MOST_DESCRIPTION_BYTES);
            ForeignFile.refuse(file, bytes, "a model's description");
            ModelDescription description = JSON.readValue(bytes, ModelDescription.class);
            if (description == null) {
                throw new InvalidModelException(file + ": is null; an object is needed");
            }
            if (!ModelDescription.OTHER.equals(description.architecture())) {
                ResNetArchitecture.of(description.architecture());
            }
            return description;
        } catch (IllegalArgumentException e) {
            throw new InvalidModelException(file + ": " + e.getMessage(), e);
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            String message = cause == e ? field(e) + e.getOriginalMessage() : cause.getMessage();
            throw new InvalidModelException(file + ": " + firstLine(message), e);
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + ": is not JSON: " + firstLine(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static String field(JsonMappingException exception) {
        String path = exception.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }

    private static void verify(Path directory, String name, String expected) throws InvalidModelException {
        // Made absolute first: the present directory, and one above it, have no name.
        Path absolute = directory.toAbsolutePath().normalize();
        if (!absolute.equals(absolute.resolve(name).normalize().getParent())) {
            throw new InvalidModelException(directory.resolve(DESCRIPTION_FILE) + ": files names '" + name
                    + "', which is not in the directory");
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new InvalidModelException("model file " + file + " is missing");
        }
        try {
            String found = Digests.of(file);
            if (!found.equals(expected)) {
                if (name.endsWith(".params")) {
                    ParametersCheck.requireFormat(file);
                } else {
                    ForeignFile.refuse(file, "what " + DESCRIPTION_FILE + " says");
                }
                throw new InvalidModelException(
                        "model file " + file + " has SHA-256 " + found + "; " + DESCRIPTION_FILE + " says " + expected);
            }
        } catch (IOException e) {
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> readLabels(Path file) throws InvalidModelException {
        try {
            List<String> labels = BoundedFile.lines(file, MOST_SYNSET_BYTES);
            if (labels.isEmpty() || labels.stream().anyMatch(String::isBlank)) {
                throw new InvalidModelException(file + ": one label a line is needed, and no empty line");
            }
            return List.copyOf(labels);
        } catch (IOException e) {
            throw new InvalidModelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a model into a directory, in the place of one that is there. The description is written last, with the
     * digests, so that a directory half written is refused.
     */
    public static void write(
            Path directory,
            ModelDescription description,
            List<String> labels,
            Function<ParameterShape, float[]> parameters)
            throws IOException {
        write(
                directory,
                description,
                labels,
                ResNetSymbol.of(
                        ResNetArchitecture.of(description.architecture()),
                        labels.size(),
                        ResNetSymbol.Output.PROBABILITIES),
                parameters);
    }

    /** Writes a model of any graph. */
    public static void write(
            Path directory,
            ModelDescription description,
            List<String> labels,
            ResNetSymbol symbol,
            Function<ParameterShape, float[]> parameters)
            throws IOException {
        Files.createDirectories(directory);
        Files.deleteIfExists(directory.resolve(DESCRIPTION_FILE));
        String name = description.name();
        Files.writeString(directory.resolve(symbolFile(name)), symbol.json() + "\n");
        ParametersFile.write(directory.resolve(parametersFile(name)), symbol.parameters(), parameters);
        Files.write(directory.resolve(SYNSET_FILE), labels);
        Map<String, String> digests = new LinkedHashMap<>();
        for (String file : List.of(symbolFile(name), parametersFile(name), SYNSET_FILE)) {
            digests.put(file, Digests.of(directory.resolve(file)));
        }
        Files.writeString(
                directory.resolve(DESCRIPTION_FILE), JSON.writeValueAsString(description.withFiles(digests)) + "\n");
    }

    /**
     * Writes what the engine loads, with batch normalisations folded into the convolutions, for devices where the engine
     * does not do it itself.
     *
     * @return the same model, of the same description and digest, in another directory
     */
    public ModelDirectory writeFolded(Path target) throws IOException {
        Map<String, float[]> values = new LinkedHashMap<>();
        Map<String, ParameterShape> left = new LinkedHashMap<>();
        ParametersReader.stored(directory.resolve(parametersFile(name()))).forEach((parameter, stored) -> {
            values.put(parameter, stored.values());
            left.put(parameter, stored.shape());
        });
        BatchNormFolding.Network network = BatchNormFolding.fold(
                new BatchNormFolding.Network(Files.readString(directory.resolve(symbolFile(name()))), values));
        left.keySet().retainAll(network.values().keySet());
        Files.writeString(target.resolve(symbolFile(name())), network.json());
        ParametersFile.write(target.resolve(parametersFile(name())), left, parameter -> network.values()
                .get(parameter.name()));
        return new ModelDirectory(target, description, labels);
    }

    /** Returns the file of its parameters. */
    public Path parametersPath() {
        return directory.resolve(parametersFile(name()));
    }

    public Path directory() {
        return directory;
    }

    public ModelDescription description() {
        return description;
    }

    public String name() {
        return description.name();
    }

    public String architecture() {
        return description.architecture();
    }

    /** Returns a SHA-256 that identifies network, parameters and labels. */
    public String digest() {
        return Digests.of(description.files());
    }

    public Preprocessing preprocessing() {
        return new Preprocessing(description.resizeShortEdge(), description.inputWidth(), description.inputHeight());
    }

    /** Returns how many values training changed; of a graph that was brought along, all but running statistics. */
    public long trainableParameters() {
        if (!ModelDescription.OTHER.equals(architecture())) {
            ResNetArchitecture known = ResNetArchitecture.of(architecture());
            return ResNetSymbol.of(known, labels.size(), ResNetSymbol.Output.PROBABILITIES)
                    .trainableParameters();
        }
        return ParametersReader.stored(directory.resolve(parametersFile(name()))).values().stream()
                .filter(stored -> stored.shape().kind() == ParameterShape.Kind.TRAINED)
                .filter(stored -> !ResNetSymbol.isInputConstant(stored.shape().name()))
                .mapToLong(stored -> stored.values().length)
                .sum();
    }

    /** Returns the classes' labels, by index. */
    public List<String> labels() {
        return labels;
    }

    /** Returns how many labels an event gets, at most all. */
    public int topK() {
        return Math.min(description.topK(), labels.size());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
