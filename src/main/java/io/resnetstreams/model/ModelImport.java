package io.resnetstreams.model;

import io.resnetstreams.model.ResNetSymbol.Output;
import io.resnetstreams.model.SafetensorsFile.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a PyTorch state dict, saved as safetensors, into a model directory. Known are torchvision's names and those of
 * akamaster's pytorch_resnet_cifar10 ({@code linear} for the last layer), each with or without the prefix {@code module.}
 * that DataParallel puts before them.
 */
public final class ModelImport {
    private static final String PARALLEL_PREFIX = "module.";
    private static final String AKAMASTER_DENSE = "linear.";
    /** How many batches a batch normalisation has seen; nothing that a network computes with. */
    private static final String COUNTER = ".num_batches_tracked";

    private static final int MOST_FAULTS_NAMED = 5;

    private ModelImport() {}

    /**
     * Writes a model directory.
     *
     * @param architecture a name, or null to find it from the tensors. A network for small images is taken with the
     *     shortcuts that the tensors have
     * @param described what the model will say of itself, but for the architecture's name and digests
     * @return the architecture
     * @throws InvalidModelException if the file is broken, or a tensor is missing, unknown or of another shape; nothing
     *     is written then
     */
    public static ResNetArchitecture run(
            Path file, String architecture, List<String> labels, DescriptionOf described, Path directory)
            throws InvalidModelException, IOException {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            Map<String, Tensor> byName = byTorchvisionName(file, tensors);
            ResNetArchitecture found = architecture(file, byName, architecture);
            Map<String, ParameterShape> parameters =
                    ResNetSymbol.of(found, labels.size(), Output.LOGITS).parameters();
            List<String> faults = faults(parameters, byName);
            if (!faults.isEmpty()) {
                throw new InvalidModelException(
                        file + " is not a " + found.name() + " of " + labels.size() + " classes: " + shortened(faults));
            }
            ModelDescription description = described.of(found);
            Normalisation normalisation = description.normalisation();
            // Read once before anything is written, since a type may be refused.
            for (Tensor tensor : byName.values()) {
                tensors.read(tensor);
            }
            ModelDirectory.write(
                    directory,
                    description,
                    labels,
                    parameter -> parameter.kind() == ParameterShape.Kind.CONSTANT
                            ? ResNetSymbol.constant(parameter, normalisation)
                            : readChecked(tensors, byName.get(parameter.name())));
            return found;
        }
    }

    /** Makes the description, once the architecture is known. */
    @FunctionalInterface
    public interface DescriptionOf {
        ModelDescription of(ResNetArchitecture architecture);
    }

    private static float[] readChecked(SafetensorsFile tensors, Tensor tensor) {
        try {
            return tensors.read(tensor);
        } catch (InvalidModelException e) {
            throw new IllegalStateException("the file changed while it was read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Tensor> byTorchvisionName(Path file, SafetensorsFile tensors)
            throws InvalidModelException {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor tensor : tensors.tensors().values()) {
            String name = tensor.name();
            name = name.startsWith(PARALLEL_PREFIX) ? name.substring(PARALLEL_PREFIX.length()) : name;
            name = name.startsWith(AKAMASTER_DENSE) ? "fc." + name.substring(AKAMASTER_DENSE.length()) : name;
            if (!name.endsWith(COUNTER)) {
                Tensor twin = byName.put(name, tensor);
                if (twin != null) {
                    throw new InvalidModelException(file + ": tensors '" + twin.name() + "' and '" + tensor.name()
                            + "' are the same parameter");
                }
            }
        }
        return byName;
    }

    private static ResNetArchitecture architecture(Path file, Map<String, Tensor> tensors, String name)
            throws InvalidModelException {
        if (name != null) {
            ResNetArchitecture named = ResNetArchitecture.of(name);
            boolean projects = tensors.keySet().stream().anyMatch(tensor -> tensor.contains(".downsample."));
            return named.stem() == ResNetArchitecture.Stem.SMALL
                            && named.shortcut() == ResNetArchitecture.Shortcut.PROJECTION
                            && !projects
                    ? ResNetArchitecture.find(name + "_a").orElse(named)
                    : named;
        }
        Optional<ResNetArchitecture> fitting = candidates(tensors).stream()
                .filter(candidate -> faults(
                                ResNetSymbol.of(candidate, classes(tensors), Output.LOGITS)
                                        .parameters(),
                                tensors)
                        .isEmpty())
                .findFirst();
        return fitting.orElseThrow(() -> new InvalidModelException(file + ": its " + tensors.size()
                + " tensors are those of no known architecture; with --architecture NAME"
                + " the differences are listed"));
    }

    /** Returns all named architectures, and those for small images of the depth and width that the tensors have. */
    private static List<ResNetArchitecture> candidates(Map<String, Tensor> tensors) {
        List<ResNetArchitecture> candidates = new ArrayList<>(ResNetArchitecture.all());
        long convolutions = tensors.keySet().stream()
                .filter(name -> name.matches("(layer\\d+\\.\\d+\\.)?conv\\d\\.weight"))
                .count();
        Tensor first = tensors.get("conv1.weight");
        if (first != null && !first.shape().isEmpty()) {
            for (String form : new String[] {"", "_a"}) {
                ResNetArchitecture.find(ResNetArchitecture.smallName(
                                Math.toIntExact(convolutions + 1), first.shape().get(0), form))
                        .ifPresent(candidates::add);
            }
        }
        return candidates;
    }

    private static int classes(Map<String, Tensor> tensors) {
        Tensor dense = tensors.get("fc.weight");
        return dense == null || dense.shape().isEmpty()
                ? 1
                : Math.max(1, dense.shape().get(0));
    }

    private static List<String> faults(Map<String, ParameterShape> expected, Map<String, Tensor> found) {
        List<String> faults = new ArrayList<>();
        for (ParameterShape parameter : expected.values()) {
            if (parameter.kind() == ParameterShape.Kind.CONSTANT) {
                continue;
            }
            List<Integer> shape = Arrays.stream(parameter.shape()).boxed().toList();
            Tensor tensor = found.get(parameter.name());
            if (tensor == null) {
                faults.add(parameter.name() + " " + shape + " is missing");
            } else if (!tensor.shape().equals(shape)) {
                faults.add(parameter.name() + " should be " + shape + " and is " + tensor.shape());
            }
        }
        for (Map.Entry<String, Tensor> tensor : found.entrySet()) {
            if (!expected.containsKey(tensor.getKey())) {
                faults.add(tensor.getKey() + " " + tensor.getValue().shape() + " is unknown");
            }
        }
        return faults;
    }

    private static String shortened(List<String> faults) {
        String named = String.join("; ", faults.subList(0, Math.min(faults.size(), MOST_FAULTS_NAMED)));
        return faults.size() <= MOST_FAULTS_NAMED
                ? named
                : named + "; and " + (faults.size() - MOST_FAULTS_NAMED) + " more";
    }
}
