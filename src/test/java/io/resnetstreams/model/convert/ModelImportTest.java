package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.ParameterShape;
import io.resnetstreams.model.network.ParametersFile;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.model.network.ResNetSymbol.Output;
import io.resnetstreams.model.network.StateDictFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports state dicts whose weights are computed by {@code FormulaWeights}. */
class ModelImportTest {
    private static final List<String> LABELS = List.of("cat", "dog", "frog");

    @TempDir
    private Path folder;

    private final FormulaWeights weights = new FormulaWeights(3);
    private final Map<String, ParameterShape> tensors = new LinkedHashMap<>();
    private Path file;
    private Path out;

    @BeforeEach
    void paths() {
        file = folder.resolve("weights.safetensors");
        out = folder.resolve("model");
    }

    private void tensorsOf(String architecture) {
        tensors.clear();
        tensors.putAll(StateDictFile.parameters(architecture, LABELS.size()));
    }

    private void write(UnaryOperator<String> names, String type) throws IOException {
        StateDictFile.write(file, tensors, names, type, weights::values);
    }

    private ResNetArchitecture run(String architecture) throws Exception {
        StateDictFile.load(file, architecture, LABELS, out);
        return ResNetArchitecture.of(ModelDirectory.load(out).architecture());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet20",
                "resnet20_a",
                "resnet8_w12",
                "resnet14_w6_a",
                "resnet18",
                "resnet18_cifar",
                "resnet18d"
            })
    void theArchitectureIsFoundFromTheTensors(String name) throws Exception {
        tensorsOf(name);
        write(UnaryOperator.identity(), "F32");
        assertThat(run(null).name()).isEqualTo(name);
        assertThat(ModelDirectory.load(out).architecture()).isEqualTo(name);
    }

    @Test
    void parallelAndAkamastersNamesAreKnown() throws Exception {
        tensorsOf("resnet20_a");
        write(name -> "module." + name.replace("fc.", "linear."), "F32");
        assertThat(run("resnet20").name()).isEqualTo("resnet20_a");
    }

    @Test
    void theImportedModelHasTheTensorsValues() throws Exception {
        tensorsOf("resnet8");
        write(UnaryOperator.identity(), "F32");
        run("resnet8");
        Path written = folder.resolve("expected.params");
        ParametersFile.write(
                written,
                ResNetSymbol.of(ResNetArchitecture.of("resnet8"), LABELS.size(), Output.LOGITS)
                        .parameters(),
                parameter -> switch (parameter.name()) {
                    case "input.offset" -> new float[] {127.5f, 127.5f, 127.5f};
                    case "input.scale" -> new float[] {1 / 63.75f, 1 / 63.75f, 1 / 63.75f};
                    default -> weights.values(parameter);
                });
        assertThat(out.resolve("imported-0000.params")).hasSameBinaryContentAs(written);
    }

    @Test
    void brainFloatsAreWidened() throws Exception {
        tensorsOf("resnet8");
        write(UnaryOperator.identity(), "BF16");
        assertThat(run(null).name()).isEqualTo("resnet8");
    }

    private void assertRefused(String architecture, String... words) {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> run(architecture))
                .withMessageContainingAll(words);
        assertThat(out).doesNotExist();
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() throws Exception {
        tensorsOf("resnet20");
        tensors.remove("layer2.0.conv1.weight");
        write(UnaryOperator.identity(), "F32");
        assertRefused("resnet20", "layer2.0.conv1.weight [32, 16, 3, 3] is missing");
    }

    @Test
    void anUnknownTensorIsNamed() throws Exception {
        tensorsOf("resnet20");
        tensors.put("layer9.weight", new ParameterShape("layer9.weight", ParameterShape.Kind.TRAINED, 2, 2));
        write(UnaryOperator.identity(), "F32");
        assertRefused("resnet20", "layer9.weight [2, 2] is unknown");
    }

    @Test
    void aMisshapenTensorIsNamedWithBothShapes() throws Exception {
        tensorsOf("resnet20");
        tensors.put("conv1.weight", new ParameterShape("conv1.weight", ParameterShape.Kind.TRAINED, 16, 1, 3, 3));
        write(UnaryOperator.identity(), "F32");
        assertRefused("resnet20", "conv1.weight should be [16, 3, 3, 3] and is [16, 1, 3, 3]");
    }

    @Test
    void anotherNumberOfLabelsIsNamedWithTheNetworks() throws Exception {
        tensorsOf("resnet8");
        tensors.put("fc.weight", new ParameterShape("fc.weight", ParameterShape.Kind.TRAINED, 7, 64));
        tensors.put("fc.bias", new ParameterShape("fc.bias", ParameterShape.Kind.TRAINED, 7));
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "has 7 classes", "3 labels", "--synset");
    }

    @Test
    void theArchitectureThatFitsTheTensorsIsNamed() throws Exception {
        tensorsOf("resnet18_cifar");
        write(UnaryOperator.identity(), "F32");
        assertRefused("resnet18", "is not a resnet18", "the tensors fit a resnet18_cifar with 3 classes");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aWeightThatIsNotFiniteIsNamedByTensorAndPlace(float value) throws Exception {
        tensorsOf("resnet8");
        StateDictFile.write(file, tensors, name -> "module." + name, "F32", parameter -> {
            float[] values = weights.values(parameter);
            if (parameter.name().equals("layer2.0.conv1.weight")) {
                values[2 * 16 * 9 + 4] = value;
                values[2 * 16 * 9 + 5] = value;
            }
            return values;
        });
        assertRefused(
                null,
                "tensor 'module.layer2.0.conv1.weight' has the value " + value + " at [2, 0, 1, 1]",
                "(2 of 4608 values are not finite)",
                "import the fp32 checkpoint");
    }

    /** The largest value in fp16 is 65,504. */
    @Test
    void halfPrecisionThatOverflowedIsNamed() throws Exception {
        tensorsOf("resnet8");
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F16", parameter -> {
            float[] values = weights.values(parameter);
            if (parameter.name().equals("bn1.running_var")) {
                values[3] = 70_000;
            }
            return values;
        });
        assertRefused(null, "tensor 'bn1.running_var' has the value Infinity at [3]");
    }

    @Test
    void aVarianceBelowZeroIsNamed() throws Exception {
        tensorsOf("resnet8");
        StateDictFile.write(file, tensors, UnaryOperator.identity(), "F32", parameter -> {
            float[] values = weights.values(parameter);
            if (parameter.name().equals("layer1.0.bn2.running_var")) {
                values[0] = -0.25f;
            }
            return values;
        });
        assertRefused(null, "tensor 'layer1.0.bn2.running_var' has the value -0.25 at [0]", "a variance is 0 or more");
    }

    @Test
    void aNetworkOfOneClassIsRefused() throws Exception {
        tensorsOf("resnet8");
        tensors.put("fc.weight", new ParameterShape("fc.weight", ParameterShape.Kind.TRAINED, 1, 64));
        tensors.put("fc.bias", new ParameterShape("fc.bias", ParameterShape.Kind.TRAINED, 1));
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "a network of 1 class", "always 1", "needs two outputs");
    }

    @Test
    void tensorsOfNoKnownNetworkAreRefused() throws Exception {
        tensorsOf("resnet8");
        tensors.remove("bn1.weight");
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "fit no network that can be built", "a resnet8, but bn1.weight [16] is missing");
    }

    /** timm's SE-ResNets have the tensors of a ResNet and additional ones. */
    @Test
    void additionalTensorsOfAnUnknownNetworkAreNamed() throws Exception {
        tensorsOf("resnet18");
        tensors.put("layer1.0.se.fc1.weight", new ParameterShape("se", ParameterShape.Kind.TRAINED, 4, 64, 1, 1));
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "the closest is a resnet18, but layer1.0.se.fc1.weight [4, 64, 1, 1] is unknown");
    }

    @Test
    void tensorsOfAnotherKindAreShown() throws Exception {
        for (String name : List.of("patch_embed.weight", "blocks.0.weight", "norm.weight")) {
            tensors.put(name, new ParameterShape(name, ParameterShape.Kind.TRAINED, 4));
        }
        tensors.put("head.weight", new ParameterShape("head", ParameterShape.Kind.TRAINED, 3, 4));
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "its 4 tensors", "patch_embed.weight [4] is unknown; blocks.0.weight [4] is unknown");
    }

    @Test
    void aTypeThatIsNotSupportedIsRefusedBeforeAnythingIsWritten() throws Exception {
        tensorsOf("resnet8");
        write(UnaryOperator.identity(), "I32");
        assertRefused("resnet8", "is of type I32");
    }

    @Test
    void twoNamesOfOneParameterAreRefused() throws Exception {
        tensorsOf("resnet8");
        tensors.put("module.fc.bias", tensors.get("fc.bias"));
        write(UnaryOperator.identity(), "F32");
        assertRefused("resnet8", "tensors 'fc.bias' and 'module.fc.bias' are the same parameter");
    }

    @Test
    void aHeadThatNormalisesBeforeItsDenseLayerIsRefused() throws Exception {
        tensorsOf("resnet8");
        tensors.put("fc.1.weight", tensors.remove("fc.weight"));
        tensors.put("fc.1.bias", tensors.remove("fc.bias"));
        tensors.put("fc.0.weight", new ParameterShape("fc.0.weight", ParameterShape.Kind.TRAINED, 64));
        write(UnaryOperator.identity(), "F32");
        assertRefused(null, "the closest is a resnet8, but fc.0.weight [64] is unknown");
    }

    @Test
    void anUnknownArchitectureIsRefused() throws Exception {
        tensorsOf("resnet8");
        write(UnaryOperator.identity(), "F32");
        assertThatIllegalArgumentException().isThrownBy(() -> run("vgg16")).withMessageContaining("'vgg16'");
    }
}
