package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.model.network.ResNetSymbol.Output;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResNetSymbolTest {
    private static ResNetSymbol symbol(String name, int classes) {
        return ResNetSymbol.of(ResNetArchitecture.of(name), classes, Output.LOGITS);
    }

    private static JsonNode nodes(ResNetSymbol symbol) throws IOException {
        return new ObjectMapper().readTree(symbol.json()).get("nodes");
    }

    private static JsonNode node(ResNetSymbol symbol, String name) throws IOException {
        for (JsonNode node : nodes(symbol)) {
            if (node.get("name").asText().equals(name)) {
                return node;
            }
        }
        throw new AssertionError("no node " + name);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512",
        "resnet34, 21797672",
        "resnet50, 25557032",
        "resnet101, 44549160",
        "resnet152, 60192808",
        "resnext50_32x4d, 25028904",
        "resnext101_32x8d, 88791336",
        "resnext101_64x4d, 83455272",
        "resnet50_v1, 25557032",
        "resnet50_os8, 25557032",
        "wide_resnet50_2, 68883240",
        "wide_resnet101_2, 126886696"
    })
    void theFamilyHasAsManyParametersAsTorchvisions(String name, long parameters) {
        assertThat(symbol(name, 1_000).trainableParameters()).isEqualTo(parameters);
    }

    @Test
    void theSmallFormHasAsManyParametersAsInThePaperPlusItsProjections() {
        int paper = 269_722;
        int projections = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;
        assertThat(symbol("resnet20", 10).trainableParameters()).isEqualTo(paper + projections);
    }

    @ParameterizedTest
    @CsvSource({"resnet20_a, 269722", "resnet56_a, 853018", "plain20, 269722", "resnet20_w32, 1084586"})
    void shortcutsAndWidthsChangeTheParameters(String name, long parameters) {
        // The first two counts are those of akamaster's pytorch_resnet_cifar10; the paper's table 6 states 0.27M and
        // 0.85M.
        assertThat(symbol(name, 10).trainableParameters()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet19",
                "plain20_a",
                "resnet20_w0",
                "resnet20_w15_a",
                "resnet2",
                "resnet20_w",
                "",
                "Resnet20",
                "resnet50_os4",
                "resnet50_os8_v1",
                "resnet50d_cifar",
                "wide_resnet50_2d",
                "resnet20d",
                "resnet50_"
            })
    void namesThatFitNothingAreRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> ResNetArchitecture.of(name));
    }

    @Test
    void layersAreCountedAsInThePaper() {
        assertThat(ResNetArchitecture.all())
                .extracting(ResNetArchitecture::name, ResNetArchitecture::layers)
                .contains(tuple("resnet18", 18), tuple("resnet152", 152), tuple("plain110", 110));
    }

    @Test
    void parametersHaveTheNamesOfTorchvision() {
        assertThat(symbol("resnet50", 1_000).parameters())
                .containsKeys(
                        "conv1.weight",
                        "bn1.running_mean",
                        "layer1.0.downsample.0.weight",
                        "layer1.0.downsample.1.running_var",
                        "layer4.2.conv3.weight",
                        "layer4.2.bn3.bias",
                        "fc.weight",
                        "fc.bias")
                .doesNotContainKey("layer1.1.downsample.0.weight");
    }

    @Test
    void aBottleneckHasItsStrideOnTheLargerConvolution() throws IOException {
        ResNetSymbol symbol = symbol("resnet50", 1_000);
        assertThat(node(symbol, "layer2.0.conv1").at("/attrs/stride").asText()).isEqualTo("(1,1)");
        assertThat(node(symbol, "layer2.0.conv2").at("/attrs/stride").asText()).isEqualTo("(2,2)");
    }

    @ParameterizedTest
    @CsvSource({
        "resnet50_v1, layer2.0.conv1, '(2,2)', none, '(0,0)'",
        "resnet50_v1, layer2.0.conv2, '(1,1)', none, '(1,1)'",
        "resnet50_os16, layer3.0.conv2, '(2,2)', none, '(1,1)'",
        "resnet50_os16, layer4.0.conv2, '(1,1)', none, '(1,1)'",
        "resnet50_os16, layer4.0.downsample.0, '(1,1)', none, '(0,0)'",
        "resnet50_os16, layer4.1.conv2, '(1,1)', '(2,2)', '(2,2)'",
        "resnet50_os8, layer3.5.conv2, '(1,1)', '(2,2)', '(2,2)'",
        "resnet50_os8, layer4.0.conv2, '(1,1)', '(2,2)', '(2,2)'",
        "resnet50_os8, layer4.2.conv2, '(1,1)', '(4,4)', '(4,4)'",
        "resnet50_v1_os16, layer3.0.conv1, '(2,2)', none, '(0,0)'"
    })
    void variantsDifferByStrideAndDilation(String name, String node, String stride, String dilation, String padding)
            throws IOException {
        JsonNode attributes = node(symbol(name, 10), node).get("attrs");
        assertThat(attributes.get("stride").asText()).isEqualTo(stride);
        assertThat(attributes.path("dilate").asText("none")).isEqualTo(dilation);
        assertThat(attributes.get("pad").asText()).isEqualTo(padding);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18_os16", "resnet34_v1", "resnet20_os8", "resnet20_w32_a_v1", "resnet18_cifar_os8"})
    void basicBlocksHaveNoVariants(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResNetArchitecture.of(name))
                .withMessageContainingAll("'" + name + "'", "basic blocks", "do not support groups", "dilation");
    }

    @Test
    void averagingShortcutsAreNotDilated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResNetArchitecture.of("resnet50d_os16"))
                .withMessageContainingAll("'resnet50d_os16'", "NAMEd");
    }

    @Test
    void everyListedNetworkHasItsNameAndIsFoundByIt() {
        assertThat(ResNetArchitecture.all()).doesNotHaveDuplicates().allSatisfy(network -> assertThat(
                        ResNetArchitecture.of(network.name()))
                .isEqualTo(network));
        assertThat(ResNetArchitecture.all())
                .extracting(ResNetArchitecture::name)
                .contains("resnet50_v1", "wide_resnet50_2_os8", "resnext101_64x4d", "resnet50d", "resnet18_cifar");
    }

    @Test
    void aNetworkHasTheSameFileEachTime() {
        // The order of Map.of differs between processes, so the test looks for alphabetical order.
        assertThat(symbol("resnet8", 10)
                        .json()
                        .lines()
                        .filter(line -> line.contains("\"kernel\"")
                                || line.contains("\"num_group\"")
                                || line.contains("\"stride\"")))
                .element(1)
                .asString()
                .contains("num_group");
    }

    @Test
    void theFirstStageKeepsTheSize() throws IOException {
        assertThat(node(symbol("resnet18", 10), "layer1.0.conv1")
                        .at("/attrs/stride")
                        .asText())
                .isEqualTo("(1,1)");
    }

    @Test
    void theSmallStemHasNoPooling() throws IOException {
        assertThat(nodes(symbol("resnet20", 10)).findValuesAsText("name")).doesNotContain("maxpool");
        assertThat(nodes(symbol("resnet18", 10)).findValuesAsText("name")).contains("maxpool");
    }

    @Test
    void onlyProbabilitiesEndWithASoftmax() throws IOException {
        ResNetArchitecture architecture = ResNetArchitecture.of("resnet20");
        assertThat(nodes(ResNetSymbol.of(architecture, 10, Output.PROBABILITIES))
                        .findValuesAsText("op"))
                .last()
                .isEqualTo("softmax");
        assertThat(nodes(ResNetSymbol.of(architecture, 10, Output.LOGITS)).findValuesAsText("op"))
                .last()
                .isEqualTo("FullyConnected");
    }

    @Test
    void anUnknownArchitectureIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResNetArchitecture.of("resnet19"))
                .withMessageContainingAll("architecture is 'resnet19'", "resnet18", "wide_resnet101_2", "6n + 2");
    }
}
