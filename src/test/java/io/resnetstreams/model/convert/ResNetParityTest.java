package io.resnetstreams.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.network.EngineName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks give the same outputs as torchvision's with the same weights. */
class ResNetParityTest {
    private static final Path FOLDER = Path.of("..", "shared", "parity");
    private static final double TOLERANCE = 1e-3;

    @TempDir
    private Path folder;

    private static Path reference() {
        return found("torchvision-seed1.json");
    }

    private static Path found(String name) {
        Path file = FOLDER.resolve(name);
        if (!Files.isRegularFile(file)) {
            String reason = "skipped: the reference values " + file + " are missing";
            System.out.println("ResNetParityTest " + reason);
            assumeTrue(false, reason);
        }
        return file;
    }

    private static void assertParity(String name) throws Exception {
        assertParity(reference(), name, TOLERANCE);
    }

    private static void assertParity(Path file, String name, double tolerance) throws Exception {
        for (EngineName engine : EngineName.values()) {
            ReferenceCheck.Result result = ReferenceCheck.read(file).check(name, engine);
            assertThat(result.passes(tolerance)).as("%s: %s", engine, result).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50"})
    void smallNetworksEqualTorchvisions(String name) throws Exception {
        assertParity(name);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"resnet34", "resnet101", "resnet152", "resnext50_32x4d", "wide_resnet50_2"})
    void largeNetworksEqualTorchvisions(String name) throws Exception {
        assertParity(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet50_os16", "resnext50_32x4d_os16", "resnet50_v1"})
    void variantsEqualTorchvisions(String name) throws Exception {
        assertParity(found("torchvision-variants-seed1.json"), name, 1e-5);
    }

    @Tag("full") // The smaller networks above consist of the same parts.
    @ParameterizedTest
    @ValueSource(strings = {"resnet50_os8", "resnet101_v1", "resnext101_64x4d"})
    void largerVariantsEqualTorchvisions(String name) throws Exception {
        assertParity(found("torchvision-variants-seed1.json"), name, 1e-5);
    }

    /**
     * timm's deep stem and averaging shortcuts with odd sizes, and kuangliu's stem; see
     * src/test/python/other_stems.py.
     */
    @ParameterizedTest
    @CsvSource({
        "timm-seed1.json, resnet18d",
        "timm-seed1.json, resnet50d",
        "timm-seed1.json, resnet50c",
        "cifar-seed1.json, resnet18_cifar",
        "cifar-seed1.json, resnet50_cifar"
    })
    void otherStemsEqualTheirOrigins(String file, String name) throws Exception {
        Path stored =
                Path.of(ResNetParityTest.class.getResource("/parity/" + file).toURI());
        assertParity(stored, name, 1e-5);
    }

    private ReferenceCheck.Result checkAfter(java.util.function.Consumer<ObjectNode> change) throws Exception {
        ObjectNode copy = (ObjectNode) new ObjectMapper().readTree(reference().toFile());
        ((ObjectNode) copy.get("models")).retain("resnet18");
        change.accept(copy);
        Path file = Files.writeString(folder.resolve("changed.json"), copy.toString());
        return ReferenceCheck.read(file).check("resnet18", EngineName.MXNET);
    }

    @Test
    void aLogitThatDiffersIsFound() throws Exception {
        ReferenceCheck.Result result = checkAfter(copy -> {
            ObjectNode model = (ObjectNode) copy.at("/models/resnet18");
            double first = model.at("/logits/1/3").asDouble();
            ((com.fasterxml.jackson.databind.node.ArrayNode) model.at("/logits/1")).set(3, first + 0.1);
        });
        assertThat(result.passes(TOLERANCE)).as("%s", result).isFalse();
    }

    @Test
    void anotherSeedGivesOtherLogits() throws Exception {
        ReferenceCheck.Result result = checkAfter(copy -> copy.put("seed", 2));
        assertThat(result.maxRelativeDifference()).isGreaterThan(0.1);
    }

    @Test
    void anotherCountOfParametersIsFound() throws Exception {
        ReferenceCheck.Result result =
                checkAfter(copy -> ((ObjectNode) copy.at("/models/resnet18")).put("parameters", 11_689_513));
        assertThat(result.passes(TOLERANCE)).isFalse();
        assertThat(result.maxRelativeDifference()).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{",
                "null",
                "{\"seed\": 1, \"input_shape\": [2, 3, 224, 224], \"models\": {\"resnet18\": {}}}",
                "{\"seed\": 1, \"input_shape\": [1, 3, 224, 224], \"models\": {}}"
            })
    void aFileOfAnotherFormIsRefusedByName(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("other.json"), content);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> ReferenceCheck.read(file))
                .withMessageContaining("other.json");
    }
}
