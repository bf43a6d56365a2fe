package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renames the tensors of a state dict to torchvision's names. Known names are those of torchvision, timm, Hugging
 * Face's ResNet and CIFAR networks ({@code shortcut}, {@code linear}), other names of heads, and prefixes.
 */
final class StateDictNames {
    /** Counters of batches or operations, which are not parameters. */
    private static final Pattern COUNTER =
            Pattern.compile("(.*\\.)?(num_batches_tracked|total_ops|total_params|n_averaged)");

    /** The network's first convolution, with the prefix of all names in group 1. Blocks have a conv1 too. */
    private static final Pattern FIRST = Pattern.compile("(?!.*layer\\d+\\.\\d+\\.)(.*\\.)?"
            + "(conv1\\.weight|conv1\\.0\\.weight|embedder\\.embedder\\.convolution\\.weight)");

    private static final Pattern PREFIX = Pattern.compile(
            "(?:(?:module|_orig_mod|model|backbone|net|network|base_model|encoder|state_dict|resnet)\\.)+");
    /** Wrappers that torch.compile, FSDP and activation checkpointing add anywhere in a network. */
    private static final Pattern WRAPPER =
            Pattern.compile("(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");

    private static final Pattern AUXILIARY_HEAD = Pattern.compile("(.*\\.)?aux\\w*\\..*");
    private static final Pattern HEAD =
            Pattern.compile("((?:head|fc|last_linear|linear|classifier)(?:\\.fc)?(?:\\.\\d+)?)\\.(weight|bias)");
    private static final int MOST_NAMED = 5;
    private static final String DENSE = "fc";
    private static final String WEIGHT = ".weight";

    private final Path file;
    private final Map<String, Tensor> byName = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** @throws InvalidModelException if two tensors are the same parameter, or there is not exactly one dense layer */
    StateDictNames(Path file, Map<String, Tensor> tensors) throws InvalidModelException {
        this.file = file;
        Map<String, Tensor> used = new LinkedHashMap<>();
        TreeSet<String> auxiliary = new TreeSet<>();
        for (Tensor tensor : tensors.values()) {
            if (AUXILIARY_HEAD.matcher(tensor.name()).matches()) {
                auxiliary.add(tensor.name());
            } else if (!COUNTER.matcher(tensor.name()).matches()) {
                used.put(tensor.name(), tensor);
            }
        }
        if (!auxiliary.isEmpty()) {
            notes.add("tensors of an auxiliary head are ignored, because only training uses it: "
                    + String.join(", ", auxiliary));
        }
        for (Map.Entry<String, Tensor> tensor : withoutPrefixes(used).entrySet()) {
            put(byName, torchvisionName(tensor.getKey()), tensor.getValue());
        }
        nameHead();
    }

    Map<String, Tensor> byName() {
        return byName;
    }

    /** Returns messages for the user about tensors that were ignored or renamed. */
    List<String> notes() {
        return notes;
    }

    private Map<String, Tensor> withoutPrefixes(Map<String, Tensor> tensors) throws InvalidModelException {
        List<String> starts = tensors.values().stream()
                .filter(tensor -> tensor.shape().size() == 4 && tensor.shape().get(1) == 3)
                .map(tensor -> FIRST.matcher(tensor.name()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1) == null ? "" : matcher.group(1))
                .toList();
        if (starts.size() > 1) {
            throw new InvalidModelException(file + ": has the tensors of " + starts.size()
                    + " networks, with the prefixes '" + String.join("', '", starts)
                    + "', such as a moving average of the weights or a teacher; save the tensors of one network");
        }
        String start = starts.isEmpty() ? common(tensors) : starts.get(0);
        Map<String, Tensor> left = new LinkedHashMap<>();
        TreeSet<String> prefixes = new TreeSet<>();
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            String name = tensor.getKey();
            Matcher known = PREFIX.matcher(name);
            String prefix = !start.isEmpty() && name.startsWith(start) ? start : known.lookingAt() ? known.group() : "";
            if (!prefix.isEmpty()) {
                prefixes.add(prefix);
            }
            Matcher wrapper = WRAPPER.matcher(name.substring(prefix.length()));
            if (wrapper.find()) {
                prefixes.add(wrapper.group());
            }
            put(left, wrapper.replaceAll(""), tensor.getValue());
        }
        if (!prefixes.isEmpty()) {
            notes.add("prefixes removed from the tensors' names: '" + String.join("', '", prefixes) + "'");
        }
        return left;
    }

    /** Returns the longest common prefix of all names that ends with a dot. */
    private static String common(Map<String, Tensor> tensors) {
        String common = tensors.isEmpty() ? "" : tensors.keySet().iterator().next();
        for (String name : tensors.keySet()) {
            while (!name.startsWith(common) || !common.isEmpty() && !common.endsWith(".")) {
                common = common.substring(0, common.lastIndexOf('.', common.length() - 2) + 1);
            }
        }
        return common;
    }

    private static String torchvisionName(String name) {
        String other = name.replaceFirst("^embedder\\.embedder\\.convolution\\.", "conv1.")
                .replaceFirst("^embedder\\.embedder\\.normalization\\.", "bn1.");
        Matcher stage = Pattern.compile("(?:encoder\\.)?stages\\.(\\d{1,2})\\.layers\\.(.*)")
                .matcher(other);
        if (stage.matches()) {
            other = "layer" + (Integer.parseInt(stage.group(1)) + 1) + "." + stage.group(2);
            other = other.replace(".shortcut.convolution.", ".downsample.0.")
                    .replace(".shortcut.normalization.", ".downsample.1.");
            Matcher layer = Pattern.compile("(.*)\\.layer\\.(\\d)\\.(convolution|normalization)\\.(.*)")
                    .matcher(other);
            if (layer.matches()) {
                String kind = layer.group(3).equals("convolution") ? "conv" : "bn";
                other = layer.group(1) + "." + kind + (Integer.parseInt(layer.group(2)) + 1) + "." + layer.group(4);
            }
        }
        return other.replaceFirst("^(layer\\d+\\.\\d+)\\.shortcut\\.", "$1.downsample.");
    }

    private void nameHead() throws InvalidModelException {
        List<String> dense = byName.entrySet().stream()
                .filter(tensor -> tensor.getKey().endsWith(WEIGHT)
                        && tensor.getValue().shape().size() == 2)
                .map(tensor -> tensor.getKey().substring(0, tensor.getKey().length() - WEIGHT.length()))
                .toList();
        List<String> heads = dense.stream()
                .filter(name -> HEAD.matcher(name + WEIGHT).matches())
                .toList();
        List<String> candidates = heads.isEmpty() ? dense : heads;
        if (candidates.size() > 1) {
            throw new InvalidModelException(file + ": has " + candidates.size() + " dense layers ("
                    + String.join(", ", candidates.subList(0, Math.min(candidates.size(), MOST_NAMED)))
                    + (candidates.size() > MOST_NAMED ? ", …" : "") + "); supported networks have one");
        }
        if (candidates.isEmpty()) {
            throw new InvalidModelException(
                    file + ": has no dense layer, a weight of two dimensions: it is a backbone without"
                            + " a classification head, or another kind of network; export the whole classifier");
        }
        String head = candidates.get(0);
        if (!head.equals(DENSE)) {
            notes.add("the dense layer is called '" + head + "'");
            for (String part : new String[] {WEIGHT, ".bias"}) {
                if (byName.containsKey(head + part)) {
                    put(byName, DENSE + part, byName.remove(head + part));
                }
            }
        }
    }

    private void put(Map<String, Tensor> named, String name, Tensor tensor) throws InvalidModelException {
        Tensor same = named.put(name, tensor);
        if (same != null) {
            throw new InvalidModelException(
                    file + ": tensors '" + same.name() + "' and '" + tensor.name() + "' are the same parameter");
        }
    }
}
