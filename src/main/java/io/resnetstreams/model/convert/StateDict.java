package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.JsonFile;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens a PyTorch state dict: one safetensors file, or the shards listed in an index ({@code
 * model.safetensors.index.json}, as Hugging Face stores large checkpoints).
 */
final class StateDict {
    private static final String INDEX_ENDING = ".safetensors.index.json";
    private static final Pattern SHARD = Pattern.compile("(.*)-\\d{5}-of-(\\d{5})\\.safetensors");
    private static final int MOST_SHARDS = 1_000;

    private StateDict() {}

    /** Returns the tensors of a file or an index, by name. */
    static Map<String, Tensor> open(Path file) throws InvalidModelException {
        String name = file.getFileName().toString();
        if (name.endsWith(INDEX_ENDING)) {
            return openIndex(file);
        }
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
        return SafetensorsFile.open(file);
    }

    private static String index(JsonNode json) {
        boolean isSafetensors = json.get("weight_map").properties().stream()
                .allMatch(place -> place.getValue().asText().endsWith(".safetensors"));
        return isSafetensors
                ? " with the fields of an index of shards; its name must end with " + INDEX_ENDING
                : ", the index of pickled shards, which can run code when they are read; "
                        + ForeignFile.SAVE_AS_SAFETENSORS;
    }

    private static Map<String, Tensor> openIndex(Path index) throws InvalidModelException {
        JsonNode places = JsonFile.read(index).path("weight_map");
        if (!places.isObject() || places.isEmpty()) {
            throw new InvalidModelException(index + ": has no weight_map with the file of each tensor");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, Map<String, Tensor>> shards = new HashMap<>();
        for (Map.Entry<String, JsonNode> place : places.properties()) {
            String shard = place.getValue().asText();
            if (!shards.containsKey(shard)) {
                if (shards.size() == MOST_SHARDS) {
                    throw new InvalidModelException(index + ": names more than " + MOST_SHARDS + " files");
                }
                shards.put(shard, openShard(index, shard));
            }
            Tensor found = shards.get(shard).get(place.getKey());
            if (found == null) {
                throw new InvalidModelException(index + ": tensor '" + place.getKey() + "' is not in " + shard
                        + "; the files do not belong to one checkpoint");
            }
            tensors.put(place.getKey(), found);
        }
        return tensors;
    }

    private static Map<String, Tensor> openShard(Path index, String name) throws InvalidModelException {
        // The index is untrusted: it must not open files in other folders.
        if (!name.matches("[^/\\\\]+\\.safetensors")) {
            throw new InvalidModelException(index + ": weight_map names '" + name
                    + "'; must be the name of a .safetensors file in the same folder");
        }
        Path shard = index.resolveSibling(name);
        if (!Files.isRegularFile(shard)) {
            throw new InvalidModelException(index + ": the shard " + name + " is missing in the same folder");
        }
        return SafetensorsFile.open(shard);
    }
}
