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
import java.util.regex.Pattern;

/**
 * A PyTorch state dict: one safetensors file, or those that an index ({@code model.safetensors.index.json}, Hugging Face's
 * form of a checkpoint in shards) names beside it.
 *
 * <p>Threading: one thread. Memory: one tensor at a time.
 */
final class StateDict implements AutoCloseable {
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
     * @throws InvalidModelException if it is neither, a shard is missing, or a tensor is not where the index says
     */
    static StateDict open(Path file) throws InvalidModelException {
        StateDict opened = new StateDict();
        try {
            if (file.getFileName().toString().endsWith(INDEX_ENDING)) {
                opened.openIndex(file);
            } else {
                opened.openFile(file);
            }
            return opened;
        } catch (InvalidModelException e) {
            opened.close();
            throw e;
        }
    }

    private void openFile(Path file) throws InvalidModelException {
        String name = file.getFileName().toString();
        var shard = SHARD.matcher(name);
        if (shard.matches() && !shard.group(2).equals("00001")) {
            throw new InvalidModelException(
                    file + ": is one shard of a checkpoint in " + Integer.parseInt(shard.group(2))
                            + " files; import the index beside it, " + shard.group(1) + INDEX_ENDING);
        }
        if (name.endsWith(".json")) {
            JsonNode json = JsonFile.read(file);
            throw new InvalidModelException(file + ": is JSON"
                    + (json.has("nodes") && json.has("heads")
                            ? ", an MXNet symbol by its fields; its name must end with " + SymbolImport.SYMBOL_ENDING
                            : json.has("weight_map")
                                    ? index(json)
                                    : "; import the .safetensors file that belongs to it"));
        }
        SafetensorsFile opened = SafetensorsFile.open(file);
        shards.put(name, opened);
        for (Tensor tensor : opened.tensors().values()) {
            tensors.put(tensor.name(), tensor);
            owners.put(tensor.name(), opened);
        }
    }

    private static String index(JsonNode json) {
        boolean isSafetensors = json.get("weight_map").properties().stream()
                .allMatch(place -> place.getValue().asText().endsWith(".safetensors"));
        return isSafetensors
                ? ", the index of a checkpoint in shards by its fields; its name must end with " + INDEX_ENDING
                : ", the index of a checkpoint in shards that are pickled, which can run code when they are read; "
                        + ForeignFile.SAVE_AS_SAFETENSORS;
    }

    private void openIndex(Path file) throws InvalidModelException {
        JsonNode places = JsonFile.read(file).path("weight_map");
        if (!places.isObject() || places.isEmpty()) {
            throw new InvalidModelException(file + ": has no weight_map, which names the file of each tensor");
        }
        for (Map.Entry<String, JsonNode> place : places.properties()) {
            String tensor = place.getKey();
            SafetensorsFile shard = shard(file, place.getValue().asText());
            Tensor found = shard.tensors().get(tensor);
            if (found == null) {
                throw new InvalidModelException(file + ": tensor '" + tensor + "' is not in "
                        + place.getValue().asText() + "; the files are not those of one checkpoint");
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
            // A name alone, so that an index from anywhere opens nothing else of this machine's.
            if (!name.matches("[^/\\\\]+\\.safetensors")) {
                throw new InvalidModelException(index + ": weight_map names '" + name
                        + "'; allowed are names of .safetensors files in the same folder");
            }
            Path shard = index.resolveSibling(name);
            if (!Files.isRegularFile(shard)) {
                throw new InvalidModelException(index + ": the shard " + name + " is missing beside it");
            }
            shards.put(name, SafetensorsFile.open(shard));
        }
        return shards.get(name);
    }

    /** Returns all tensors by name. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Reads a tensor's values; see {@link SafetensorsFile#read}. */
    float[] read(Tensor tensor) throws InvalidModelException {
        return owners.get(tensor.name()).read(tensor);
    }

    @Override
    public void close() throws InvalidModelException {
        for (SafetensorsFile shard : shards.values()) {
            shard.close();
        }
    }
}
