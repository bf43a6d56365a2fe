package io.resnetstreams.model.convert;

import com.fasterxml.jackson.databind.JsonNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.ResNetArchitecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads timm's {@code config.json} (timm/models/_hub.py, {@code save_config_for_hf}). */
final class TimmConfig {
    private static final double CROP_SHARE = 0.875; // timm's default (timm/data/config.py)

    private final ConfigFields config;
    /** The object {@code pretrained_cfg}; in earlier versions its fields are in the outer object. */
    private final ConfigFields pretrained;

    private final List<String> notes = new ArrayList<>();

    TimmConfig(ConfigFields config) {
        JsonNode inner = config.path("pretrained_cfg");
        this.config = config;
        this.pretrained = inner.isObject() ? new ConfigFields(config.file(), inner) : config;
    }

    CheckpointConfig read(boolean architectureNamed, boolean labelsGiven) throws InvalidModelException {
        String architecture = null;
        try {
            architecture = architecture();
        } catch (InvalidModelException e) {
            if (!architectureNamed) {
                throw e;
            }
        }
        Integer size = size();
        return new CheckpointConfig(
                architecture,
                labelsGiven ? null : labels(),
                size,
                size == null ? null : resize(size),
                pretrained.colours("mean"),
                pretrained.colours("std"),
                notes);
    }

    private String architecture() throws InvalidModelException {
        String given = config.path("architecture").asText();
        // Prefixes of weights that timm took from torchvision, Gluon (with a letter for the stem) and Facebook.
        String name = given.replaceFirst("\\..*", "")
                .replaceFirst("^(tv|gluon|ssl|swsl|ig)_", "")
                .replaceFirst("^(resnet\\d+)_v1b$", "$1")
                .replaceFirst("^(resnet\\d+)_v1([cd])$", "$1$2");
        for (ConfigFields holder : List.of(config, pretrained)) {
            requireAverage("global_pool", holder.path("global_pool").asText("avg"));
        }
        String ending = "";
        for (Map.Entry<String, JsonNode> argument : config.path("model_args").properties()) {
            String value = argument.getValue().asText();
            switch (argument.getKey()) {
                case "output_stride" -> ending = switch (value) {
                    case "32" -> "";
                    case "16" -> "_os16";
                    case "8" -> "_os8";
                    default -> throw unknown("model_args.output_stride is " + value);
                };
                case "global_pool" -> requireAverage("model_args.global_pool", value);
                case "num_classes", "drop_rate", "drop_path_rate" -> {} // no change beyond the tensors' shapes
                case "in_chans" -> {
                    if (!value.equals("3")) {
                        throw unknown("model_args.in_chans is " + value + ", not 3");
                    }
                }
                default -> throw unknown("model_args has " + argument.getKey() + " = " + argument.getValue());
            }
        }
        try {
            return ResNetArchitecture.find(name + ending)
                    .filter(found -> found.stem() != ResNetArchitecture.Stem.SMALL)
                    .map(ResNetArchitecture::name)
                    .orElseThrow(() -> unknown("architecture is '" + given + "'"));
        } catch (IllegalArgumentException e) {
            throw new InvalidModelException(pretrained.file() + ": " + e.getMessage(), e);
        }
    }

    private void requireAverage(String field, String pool) throws InvalidModelException {
        if (!pool.isEmpty() && !pool.equals("avg")) {
            throw unknown(field + " is '" + pool + "', not 'avg',");
        }
    }

    private InvalidModelException unknown(String what) {
        return pretrained.invalid(what + ", which can't be built. 'model list --architectures' lists what can be built;"
                + " --architecture NAME imports the tensors as another network, regardless of the file");
    }

    private Integer size() throws InvalidModelException {
        JsonNode input = pretrained.path("input_size");
        if (!pretrained.object().hasNonNull("input_size")) {
            return null;
        }
        if (input.size() != 3 || input.get(0).asInt() != 3 || !input.get(1).equals(input.get(2))) {
            throw pretrained.invalid("input_size is " + input + "; must be three channels of a square: [3, N, N]");
        }
        return pretrained.edge("input_size", input.get(1));
    }

    private int resize(int size) throws InvalidModelException {
        double share = pretrained.cropShare(CROP_SHARE);
        String mode = pretrained.path("crop_mode").asText("center");
        int testSize = pretrained.path("test_input_size").path(1).asInt(size);
        if (testSize != size) {
            notes.add("test_input_size is " + testSize + ": the network's authors measured accuracy with it, not with "
                    + size + "; --crop " + testSize + " sets it");
        }
        if (mode.equals("squash") && share == 1) {
            return 0;
        }
        if (!mode.equals("center")) {
            notes.add("crop_mode is '" + mode + "'; images are resized by their short edge and cropped instead");
        }
        String interpolation = pretrained.path("interpolation").asText("bicubic");
        if (!interpolation.equals("bilinear")) {
            notes.add("interpolation is " + interpolation + CheckpointConfig.BILINEAR_NOTE);
        }
        return (int) (size / share);
    }

    private List<String> labels() throws InvalidModelException {
        List<String> labels = config.labels("label_names");
        return labels != null ? labels : pretrained.labels("label_names");
    }
}
