package io.resnetstreams.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.Digests;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads and verifies model directories. Stateless. */
final class ModelReader {
    private static final int MOST_SYNSET_BYTES = 16_000_000;
    private static final int MOST_DESCRIPTION_BYTES = 1_000_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ModelReader() {}

    /** @throws InvalidModelException if a file is missing, is malformed or does not match its digest */
    static ModelDirectory read(Path directory) throws InvalidModelException {
        if (!Files.isDirectory(directory)) {
            throw new InvalidModelException("model " + directory
                    + (Files.exists(directory)
                            ? ": is a file, but a model directory is required; 'model import' makes one from a checkpoint"
                            : ": there is no such directory"));
        }
        ModelDescription description = readDescription(directory.resolve(ModelDirectory.DESCRIPTION_FILE));
        String name = description.name();
        boolean isOnnx = description.files().containsKey(ModelDirectory.onnxFile(name));
        for (String needed : isOnnx
                ? List.of(ModelDirectory.SYNSET_FILE)
                : List.of(
                        ModelDirectory.symbolFile(name),
                        ModelDirectory.parametersFile(name),
                        ModelDirectory.SYNSET_FILE)) {
            if (!description.files().containsKey(needed)) {
                throw new InvalidModelException(
                        directory.resolve(ModelDirectory.DESCRIPTION_FILE) + ": files has no digest for " + needed);
            }
        }
        for (Map.Entry<String, String> file : description.files().entrySet()) {
            verify(directory, file.getKey(), file.getValue());
        }
        ModelDirectory model =
                new ModelDirectory(directory, description, readLabels(directory.resolve(ModelDirectory.SYNSET_FILE)));
        if (isOnnx) {
            return model;
        }
        // The engine reads both without checks, and allocates whatever sizes they claim.
        ParametersFile.require(model.parametersPath());
        long symbolBytes = model.symbolPath().toFile().length();
        if (symbolBytes > ModelDirectory.MOST_SYMBOL_BYTES) {
            throw new InvalidModelException(model.symbolPath() + ": has " + symbolBytes + " bytes; at most "
                    + ModelDirectory.MOST_SYMBOL_BYTES + " are read");
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
            throw new InvalidModelException(directory.resolve(ModelDirectory.DESCRIPTION_FILE) + ": files names '"
                    + name + "', which is not in the directory");
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
                } else if (name.endsWith(OnnxFile.ENDING)) {
                    ForeignFile.refuseUnlessOnnx(file);
                } else {
                    ForeignFile.refuse(file, "what " + ModelDirectory.DESCRIPTION_FILE + " says");
                }
                throw new InvalidModelException("model file " + file + " has SHA-256 " + found + "; "
                        + ModelDirectory.DESCRIPTION_FILE + " says " + expected);
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
}
