package io.resnetstreams.model.convert;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetArchitecture.Shortcut;
import io.resnetstreams.model.network.ResNetArchitecture.Stem;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.ResNetSymbol.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Imports a PyTorch state dict, saved as safetensors, into a model directory. {@link StateDict} reads the files,
 * {@link StateDictNames} maps the names.
 */
public final class ModelImport {
    private static final int MOST_FAULTS_NAMED = 5;
    private static final String UNKNOWN = " is unknown";
    private static final Pattern BLOCK = Pattern.compile("layer(\\d{1,3})\\.(\\d{1,6})\\.");

    private ModelImport() {}

    /**
     * Writes a model directory, and returns messages for the user about tensors that were ignored or renamed, and about
     * assumptions.
     *
     * @param file a safetensors file, or an index of shards
     * @param architecture a name, or null to find it from the tensors; for networks for small images the tensors determine
     *     the kind of shortcut
     * @param described makes the model's description, without digests
     * @throws InvalidModelException if a file is malformed, a tensor is missing, unknown or of another shape, or a value is
     *     not finite; nothing is written in these cases
     */
    public static List<String> run(
            Path file,
            String architecture,
            List<String> labels,
            Function<ResNetArchitecture, ModelDescription> described,
            Path directory)
            throws InvalidModelException, IOException {
        StateDictNames names = new StateDictNames(file, StateDict.open(file));
        Map<String, Tensor> byName = names.byName();
        int classes = classes(byName);
        WeightsCheck.requireClasses(file, classes);
        List<String> notes = new ArrayList<>(names.notes());
        ResNetArchitecture found = architecture(file, byName, architecture, notes);
        List<String> faults = faults(found, byName);
        if (!faults.isEmpty()) {
            throw new InvalidModelException(
                    file + " is not a " + found.name() + ": " + shortened(faults) + other(found, byName));
        }
        WeightsCheck.requireLabels(file, classes, labels.size());
        // All tensors are read before anything is written, because a type or a value may be refused.
        for (Tensor tensor : byName.values()) {
            WeightsCheck.require(file, tensor.name(), tensor.shape(), tensor.read());
        }
        ModelDescription description = described.apply(found);
        Normalisation normalisation = description.normalisation();
        ModelWriter.write(
                directory,
                description,
                labels,
                parameter -> parameter.kind() == ParameterShape.Kind.CONSTANT
                        ? ResNetSymbol.constant(parameter, normalisation)
                        : readAgain(byName.get(parameter.name())));
        return notes;
    }

    private static float[] readAgain(Tensor tensor) {
        try {
            return tensor.read();
        } catch (InvalidModelException e) {
            throw new IllegalStateException("the file changed while it was read: " + e.getMessage(), e);
        }
    }

    private static ResNetArchitecture architecture(
            Path file, Map<String, Tensor> tensors, String name, List<String> notes) throws InvalidModelException {
        if (name == null) {
            ResNetArchitecture found = fitting(tensors).orElseThrow(() -> unknown(file, tensors));
            noteTwins(found, notes);
            return found;
        }
        ResNetArchitecture named = ResNetArchitecture.of(name);
        boolean projects = tensors.keySet().stream().anyMatch(tensor -> tensor.contains(".downsample."));
        Optional<ResNetArchitecture> padded = ResNetArchitecture.find(name + "_a");
        if (named.stem() == Stem.SMALL && named.shortcut() == Shortcut.PROJECTION && !projects && padded.isPresent()) {
            notes.add("the tensors have no projections, so the architecture is " + name + "_a");
            return padded.get();
        }
        return named;
    }

    private static void noteTwins(ResNetArchitecture found, List<String> notes) {
        List<ResNetArchitecture> twins = found.twins();
        if (!twins.isEmpty()) {
            notes.add("assumed: " + found.name() + ", with torchvision's strides; "
                    + twins.stream().map(ResNetArchitecture::name).collect(Collectors.joining(", "))
                    + (twins.size() == 1 ? " has" : " have") + " the same tensors (--architecture NAME)");
        }
        if (found.stem() == Stem.SMALL && found.planes() == 64) {
            notes.add("assumed: no pooling after the 3×3 convolution, as in networks for images of 32×32");
        }
    }

    private static Optional<ResNetArchitecture> fitting(Map<String, Tensor> tensors) {
        List<Integer> blocks = blocks(tensors);
        return candidates(tensors)
                .filter(candidate -> candidate.stages().equals(blocks))
                .filter(candidate -> faults(candidate, tensors).isEmpty())
                .findFirst();
    }

    /** Describes how the tensors differ from those of the most similar network, if one is similar. */
    private static InvalidModelException unknown(Path file, Map<String, Tensor> tensors) {
        ResNetArchitecture closest = candidates(tensors)
                .min(Comparator.comparingInt(
                        candidate -> faults(candidate, tensors).size()))
                .orElseThrow();
        List<String> faults = faults(closest, tensors);
        List<String> unknown =
                faults.stream().filter(fault -> fault.endsWith(UNKNOWN)).toList();
        String difference = unknown.size() <= tensors.size() / 2
                ? "; the closest is a " + closest.name() + ", but " + shortened(faults)
                : ": " + shortened(unknown);
        return new InvalidModelException(file + ": its " + tensors.size() + " tensors fit no network that can"
                + " be built ('model list --architectures' lists them)" + difference);
    }

    /** Returns the end of a message that names the network that the tensors fit; empty if they fit none. */
    private static String other(ResNetArchitecture named, Map<String, Tensor> tensors) {
        return fitting(tensors)
                .filter(fitting -> Stream.concat(Stream.of(fitting), fitting.twins().stream())
                        .noneMatch(twin -> twin.name().equals(named.name())))
                .map(fitting -> "; the tensors fit a " + fitting.name() + " with " + classes(tensors) + " classes")
                .orElse("");
    }

    /** Returns all named architectures except those that differ by strides only, and those for small images that fit. */
    private static Stream<ResNetArchitecture> candidates(Map<String, Tensor> tensors) {
        Stream<ResNetArchitecture> named = ResNetArchitecture.all().stream()
                .filter(candidate -> !candidate.strideFirst() && candidate.dilatedStages() == 0);
        Tensor first = tensors.get("conv1.weight");
        if (first == null || first.shape().isEmpty()) {
            return named;
        }
        int planes = first.shape().get(0);
        long convolutions = tensors.keySet().stream()
                .filter(name -> name.matches("(layer\\d+\\.\\d+\\.)?conv\\d\\.weight"))
                .count();
        Stream<ResNetArchitecture> small = Stream.of("", "_a")
                .map(form -> ResNetArchitecture.smallName((int) convolutions + 1, planes, form))
                .flatMap(name -> ResNetArchitecture.find(name).stream());
        return Stream.concat(named, small);
    }

    /** Returns the number of blocks of each stage, from the tensors' names. */
    private static List<Integer> blocks(Map<String, Tensor> tensors) {
        Map<Integer, Integer> blocks = new TreeMap<>();
        for (String name : tensors.keySet()) {
            Matcher block = BLOCK.matcher(name);
            if (block.lookingAt()) {
                blocks.merge(Integer.valueOf(block.group(1)), Integer.parseInt(block.group(2)) + 1, Math::max);
            }
        }
        return List.copyOf(blocks.values());
    }

    private static int classes(Map<String, Tensor> tensors) {
        Tensor dense = tensors.get("fc.weight");
        // A missing layer is reported later.
        return dense == null || dense.shape().isEmpty() ? 2 : dense.shape().get(0);
    }

    private static List<String> faults(ResNetArchitecture architecture, Map<String, Tensor> found) {
        Map<String, ParameterShape> expected =
                ResNetSymbol.of(architecture, classes(found), Output.LOGITS).parameters();
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
        found.forEach((name, tensor) -> {
            if (!expected.containsKey(name)) {
                faults.add(name + " " + tensor.shape() + UNKNOWN);
            }
        });
        return faults;
    }

    private static String shortened(List<String> faults) {
        String named = String.join("; ", faults.subList(0, Math.min(faults.size(), MOST_FAULTS_NAMED)));
        return faults.size() <= MOST_FAULTS_NAMED
                ? named
                : named + "; and " + (faults.size() - MOST_FAULTS_NAMED) + " more";
    }
}
