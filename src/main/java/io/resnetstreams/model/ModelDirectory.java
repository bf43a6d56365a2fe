package io.resnetstreams.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.Digests;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.model.network.BatchNormFolding;
import io.resnetstreams.model.network.Network;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.ResNetSymbol.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A verified model on disk: {@code NAME-symbol.json}, {@code NAME-0000.params}, {@code synset.txt} and {@code model.json}.
 * The first two are in the engine's own format, so DJL reads the directory as it is. {@link ModelWriter} writes it.
 */
public final class ModelDirectory {
    public static final String DESCRIPTION_FILE = "model.json";
    static final String SYNSET_FILE = "synset.txt";
    /** ResNet-152 has about 500 KB. */
    public static final int MOST_SYMBOL_BYTES = 32_000_000;

    private static final int MOST_SYNSET_BYTES = 16_000_000;
    private static final int MOST_DESCRIPTION_BYTES = 1_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
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

    static String symbolFile(String name) {
        return name + "-symbol.json";
    }

    static String parametersFile(String name) {
        return name + "-0000.params";
    }

    /** @throws InvalidModelException if a file is missing, is malformed or does not match its digest */
    public static ModelDirectory load(Path directory) throws InvalidModelException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidModelException("model " + directory
                    + (Files.exists(directory)
                            ? ": is a file, but a model directory is required; 'model import' makes one from a checkpoint"
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
        ModelDirectory model = new ModelDirectory(directory, description, readLabels(directory.resolve(SYNSET_FILE)));
        // The engine reads both without checks, and allocates whatever sizes they claim.
        ParametersFile.require(model.parametersPath());
        long symbolBytes = model.symbolPath().toFile().length();
        if (symbolBytes > MOST_SYMBOL_BYTES) {
            throw new InvalidModelException(
                    model.symbolPath() + ": has " + symbolBytes + " bytes; at most " + MOST_SYMBOL_BYTES + " are read");
        }
        return model;
    }

    private static ModelDescription readDescription(Path file) throws InvalidModelException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidModelException(
                    "model file " + file
                            + " is missing; 'model import' makes a model directory from a checkpoint, 'model train' from images");
        }
        try {
            byte[] bytes = BoundedFile.bytes(file, MOST_DESCRIPTION_BYTES);
            ForeignFile.refuse(file, bytes, "a model's description");
            ModelDescription description = JSON.readValue(bytes, ModelDescription.class);
            if (description == null) {
                throw new InvalidModelException(file + ": is null, but must be an object");
            }
            if (!ModelDescription.OTHER.equals(description.architecture())) {
                ResNetArchitecture.of(description.architecture());
            }
            return description;
        } catch (IllegalArgumentException e) {
            throw new InvalidModelException(file + ": " + e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(
                    file + ": " + fault(e).lines().findFirst().orElse(""), e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    private static String fault(JsonProcessingException exception) {
        if (exception.getCause() instanceof IllegalArgumentException cause) {
            return cause.getMessage();
        }
        if (!(exception instanceof JsonMappingException mapping)) {
            return "is not JSON: " + exception.getOriginalMessage();
        }
        String path = mapping.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
        return (path.isEmpty() ? "" : path + ": ") + exception.getOriginalMessage();
    }

    private static void verify(Path directory, String name, String expected) throws InvalidModelException {
        // Relative paths such as . and .. have no parent to compare with.
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
                    ParametersFile.requireFormat(file);
                } else {
                    ForeignFile.refuse(file, "what " + DESCRIPTION_FILE + " says");
                }
                throw new InvalidModelException(
                        "model file " + file + " has SHA-256 " + found + "; " + DESCRIPTION_FILE + " says " + expected);
            }
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    private static List<String> readLabels(Path file) throws InvalidModelException {
        try {
            List<String> labels = BoundedFile.lines(file, MOST_SYNSET_BYTES);
            if (labels.isEmpty() || labels.stream().anyMatch(String::isBlank)) {
                throw new InvalidModelException(file + ": must have one label per line, without empty lines");
            }
            return List.copyOf(labels);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** Returns the graph and the values of its parameters. */
    public Network network() {
        ParametersFile.Content content = ParametersFile.read(parametersPath());
        try {
            return new Network(new ResNetSymbol(Files.readString(symbolPath()), content.shapes()), content.values());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + symbolPath() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes graph and parameters with batch normalisations folded into the convolutions, for devices on which the engine does
     * not fold them itself. Returns the model in the target directory, with the same description and digest.
     */
    public ModelDirectory writeFolded(Path target) throws IOException {
        Network folded = BatchNormFolding.fold(network());
        ModelWriter.writeNetwork(target, name(), folded.symbol(), folded::valuesOf);
        return new ModelDirectory(target, description, labels);
    }

    private Path symbolPath() {
        return directory.resolve(symbolFile(name()));
    }

    private Path parametersPath() {
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

    /** Returns a SHA-256 of the graph, the parameters and the labels. */
    public String digest() {
        return Digests.of(description.files());
    }

    public Preprocessing preprocessing() {
        return new Preprocessing(description.resizeShortEdge(), description.inputWidth(), description.inputHeight());
    }

    /** Returns the number of values that training changes; of an imported graph, all but running statistics. */
    public long trainableParameters() {
        ResNetSymbol symbol = ModelDescription.OTHER.equals(architecture())
                ? network().symbol()
                : ResNetSymbol.of(ResNetArchitecture.of(architecture()), labels.size(), Output.PROBABILITIES);
        return symbol.trainableParameters();
    }

    /** The classes' labels, by index. */
    public List<String> labels() {
        return labels;
    }

    /** Returns the number of labels per event, at most the number of classes. */
    public int topK() {
        return Math.min(description.topK(), labels.size());
    }
}
