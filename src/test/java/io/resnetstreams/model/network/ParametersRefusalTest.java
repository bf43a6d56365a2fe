package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.InvalidModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParametersRefusalTest {
    private static final int V3 = 0xF993FACA;
    private static final Path SOUND = Path.of("models", "resnet20-fashion-mnist", "resnet20-fashion-mnist-0000.params");

    @TempDir
    private Path folder;

    private Path write(Consumer<ByteBuffer> content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN);
        content.accept(buffer);
        return Files.write(folder.resolve("x.params"), Arrays.copyOf(buffer.array(), buffer.position()));
    }

    private static ByteBuffer list(ByteBuffer buffer, long arrays) {
        return buffer.putLong(0x112).putLong(0).putLong(arrays);
    }

    private static ByteBuffer array(ByteBuffer buffer, int dimensions, long... extents) {
        buffer.putInt(V3).putInt(0).putInt(dimensions);
        for (long extent : extents) {
            buffer.putLong(extent);
        }
        return buffer.putInt(1).putInt(0).putInt(0);
    }

    private static Arguments hostile(String fault, Consumer<ByteBuffer> content) {
        return Arguments.of(fault, content);
    }

    static Stream<Arguments> hostileFiles() {
        return Stream.of(
                hostile("ends within its parameters", buffer -> buffer.putLong(0x112)),
                hostile("is not a file of MXNet's parameters", buffer -> list(buffer, 0)
                        .putLong(0, 7)),
                hostile("claims 18446744073709551615 parameters", buffer -> list(buffer, -1)),
                hostile("claims 1000000000000 parameters", buffer -> list(buffer, 1_000_000_000_000L)),
                hostile("ends within its parameters", buffer -> list(buffer, 99_999)),
                hostile(
                        "parameter 0 claims 2147483647 dimensions",
                        buffer -> array(list(buffer, 1), Integer.MAX_VALUE)),
                hostile("parameter 0 claims 4294967294 dimensions", buffer -> array(list(buffer, 1), -2)),
                hostile(
                        "parameter 0 claims more values than the file has bytes",
                        buffer -> array(list(buffer, 1), 1, 1L << 40)),
                hostile(
                        "parameter 0 claims more values than the file has bytes",
                        buffer -> array(list(buffer, 1), 4, 1L << 31, 1L << 31, 4, 1L << 62)),
                hostile("parameter 0 claims more values", buffer -> array(list(buffer, 1), 1, -1)),
                hostile("ends within its parameters", buffer -> array(list(buffer, 1), 1, 5)),
                hostile("parameter 0 is of the unknown type 99", buffer -> array(list(buffer, 1), 1, 1)
                        .putInt(buffer.position() - 4, 99)),
                hostile(
                        "has 1152921504606846976 names for 1 parameters",
                        buffer -> array(list(buffer, 1), 1, 1).putFloat(1).putLong(1L << 60)),
                hostile("claims a name of 1152921504606846976 bytes", buffer -> array(list(buffer, 1), 1, 1)
                        .putFloat(1)
                        .putLong(1)
                        .putLong(1L << 60)),
                hostile("ends within its parameters", buffer -> array(list(buffer, 1), 1, 1)
                        .putFloat(1)
                        .putLong(1)
                        .putLong(4_000)));
    }

    @ParameterizedTest
    @MethodSource("hostileFiles")
    void theClaimsOfAFileAreCheckedAgainstItsSize(String fault, Consumer<ByteBuffer> content) throws Exception {
        Path file = write(content);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> ParametersFile.require(file))
                .withMessageStartingWith(file + ": " + fault);
    }

    @Test
    void filesOfEachVersionAreAccepted() throws Exception {
        assertThatCode(() -> ParametersFile.require(SOUND)).doesNotThrowAnyException();
        Path earlier = write(buffer -> {
            list(buffer, 3);
            // A dense array of version 2 with two values, one of version 1 with one, and one of the oldest, with
            // extents of four bytes.
            buffer.putInt(0xF993FAC9)
                    .putInt(0)
                    .putInt(1)
                    .putLong(2)
                    .putInt(1)
                    .putInt(0)
                    .putInt(0)
                    .putLong(0);
            buffer.putInt(0xF993FAC8)
                    .putInt(1)
                    .putLong(1)
                    .putInt(1)
                    .putInt(0)
                    .putInt(0)
                    .putInt(0);
            buffer.putInt(2).putInt(1).putInt(2).putInt(1).putInt(0).putInt(0).putLong(0);
            buffer.putLong(0);
        });
        assertThatCode(() -> ParametersFile.require(earlier)).doesNotThrowAnyException();
    }

    @Test
    void aTruncatedFileIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(SOUND);
        for (int length = 0; length < whole.length; length += 10_007) {
            Path cut = Files.write(folder.resolve("cut.params"), Arrays.copyOf(whole, length));
            assertThatExceptionOfType(InvalidModelException.class).isThrownBy(() -> ParametersFile.require(cut));
        }
    }
}
