package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.JsonFile;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PyTorch state dict: one safetensors file, or the shards listed in an index ({@code model.safetensors.index.json}, as
 * Hugging Face stores large checkpoints).
 *
 * <p>Memory: one tensor at a time.
 */
final class StateDict {
    private static final String INDEX_ENDING = ".safetensors.index.json";
    private static final Pattern SHARD = Pattern.compile("(.*)-\\d{5}-of-(\\d{5})\\.safetensors");
    private static final int MOST_SHARDS = 1_000;

    private final Map<String, SafetensorsFile> shards = new TreeMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, SafetensorsFile> owners = new LinkedHashMap<>();

    private StateDict() {}

    /**
     * Opens a file or an index.
     *
     * @throws InvalidModelException if the file is neither, a shard is missing, or a tensor is not in the shard that the index
     *     names
     */
    static StateDict open(Path file) throws InvalidModelException {
        StateDict opened = new StateDict();
        if (file.getFileName().toString().endsWith(INDEX_ENDING)) {
            opened.openIndex(file);
        } else {
            opened.openFile(file);
        }
        return opened;
    }

    private void openFile(Path file) throws InvalidModelException {
        String name = file.getFileName().toString();
        Matcher shard = SHARD.matcher(name);
        if (shard.matches() && !shard.group(2).equals("00001")) {
            throw new InvalidModelException(file + ": is one of " + Integer.parseInt(shard.group(2))
                    + " shards of a checkpoint; import the index beside it, " + shard.group(1) + INDEX_ENDING);
        }
        if (name.endsWith(".json")) {
            JsonNode json = JsonFile.read(file);
            throw new InvalidModelException(file + ": is JSON"
                    + (json.has("nodes") && json.has("heads")
                            ? " with the fields of an MXNet symbol; its name must end with "
                                    + SymbolImport.SYMBOL_ENDING
                            : json.has("weight_map")
                                    ? index(json)
                                    : "; import the .safetensors file that belongs to it"));
        }
        SafetensorsFile opened = SafetensorsFile.open(file);
        for (Tensor tensor : opened.tensors().values()) {
            tensors.put(tensor.name(), tensor);
            owners.put(tensor.name(), opened);
        }
    }

    private static String index(JsonNode json) {
        boolean isSafetensors = json.get("weight_map").properties().stream()
                .allMatch(place -> place.getValue().asText().endsWith(".safetensors"));
        return isSafetensors
                ? " with the fields of an index of shards; its name must end with " + INDEX_ENDING
                : ", the index of pickled shards, which can run code when they are read; "
                        + ForeignFile.SAVE_AS_SAFETENSORS;
    }

    private void openIndex(Path file) throws InvalidModelException {
        JsonNode places = JsonFile.read(file).path("weight_map");
        if (!places.isObject() || places.isEmpty()) {
            throw new InvalidModelException(file + ": has no weight_map with the file of each tensor");
        }
        for (Map.Entry<String, JsonNode> place : places.properties()) {
            String tensor = place.getKey();
            SafetensorsFile shard = shard(file, place.getValue().asText());
            Tensor found = shard.tensors().get(tensor);
            if (found == null) {
                throw new InvalidModelException(file + ": tensor '" + tensor + "' is not in "
                        + place.getValue().asText() + "; the files do not belong to one checkpoint");
            }
            tensors.put(tensor, found);
            owners.put(tensor, shard);
        }
    }

    private SafetensorsFile shard(Path index, String name) throws InvalidModelException {
        if (!shards.containsKey(name)) {
            if (shards.size() == MOST_SHARDS) {
                throw new InvalidModelException(index + ": names more than " + MOST_SHARDS + " files");
            }
            // The index is untrusted: it must not open files in other folders.
            if (!name.matches("[^/\\\\]+\\.safetensors")) {
                throw new InvalidModelException(index + ": weight_map names '" + name
                        + "'; must be the name of a .safetensors file in the same folder");
            }
            Path shard = index.resolveSibling(name);
            if (!Files.isRegularFile(shard)) {
                throw new InvalidModelException(index + ": the shard " + name + " is missing in the same folder");
            }
            shards.put(name, SafetensorsFile.open(shard));
        }
        return shards.get(name);
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    float[] read(Tensor tensor) throws InvalidModelException {
        return owners.get(tensor.name()).read(tensor);
    }
}
