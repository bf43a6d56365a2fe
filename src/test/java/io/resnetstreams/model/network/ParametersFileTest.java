package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.model.network.ParameterShape.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParametersFileTest {
    @TempDir
    private Path folder;

    private final Map<String, ParameterShape> parameters = new LinkedHashMap<>();

    private void parameter(String name, Kind kind, int... shape) {
        parameters.put(name, new ParameterShape(name, kind, shape));
    }

    @Test
    void theBytesAreThoseOfTheEnginesFormat() throws IOException {
        parameter("w", Kind.TRAINED, 1, 2);
        parameter("m", Kind.RUNNING, 1);
        Path file = folder.resolve("x.params");
        Map<String, float[]> values = Map.of("w", new float[] {1, -2}, "m", new float[] {0.5f});
        ParametersFile.write(file, parameters, parameter -> values.get(parameter.name()));
        String expected = String.join(
                "",
                // The list: magic, reserved, two arrays.
                "1201000000000000" + "0000000000000000" + "0200000000000000",
                // The first: magic, dense, two dimensions 1 and 2, CPU 0, float32, 1 and -2.
                "cafa93f9" + "00000000" + "02000000" + "0100000000000000" + "0200000000000000",
                "01000000" + "00000000" + "00000000" + "0000803f" + "000000c0",
                // The second: one dimension, 0.5.
                "cafa93f9" + "00000000" + "01000000" + "0100000000000000",
                "01000000" + "00000000" + "00000000" + "0000003f",
                // Two names: arg:w and aux:m.
                "0200000000000000" + "0500000000000000" + "6172673a77" + "0500000000000000" + "6175783a6d");
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(expected);
    }

    @Test
    void aMissingValueIsRefusedByName() {
        parameter("conv1.weight", Kind.TRAINED, 2, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParametersFile.write(folder.resolve("x.params"), parameters, parameter -> null))
                .withMessage("parameter conv1.weight has no values; its shape (2,3) needs 6");
    }

    @Test
    void aValueOfAnotherSizeIsRefusedByName() {
        parameter("conv1.weight", Kind.TRAINED, 2, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> ParametersFile.write(folder.resolve("x.params"), parameters, parameter -> new float[5]))
                .withMessage("parameter conv1.weight has 5 values; its shape (2,3) needs 6");
    }
}
