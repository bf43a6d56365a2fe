package io.resnetstreams.model.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.convert.SafetensorsFile.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsFileTest {
    private static final String SOUND = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'F16','shape':[1,3],'data_offsets':[8,14]}}";

    @TempDir
    private Path folder;

    /** Returns the bytes of a file; single quotes in the header become double quotes. */
    static byte[] bytes(String header, long headerLength, byte... data) {
        byte[] text = header.replace('\'', '"').getBytes(UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(text)
                .put(data)
                .array();
    }

    static byte[] bytes(String header, byte... data) {
        return bytes(header, header.getBytes(UTF_8).length, data);
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("x.safetensors"), content);
    }

    @Test
    void tensorsAreReadByNameTypeAndShape() throws Exception {
        byte[] data = ByteBuffer.allocate(14)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-2)
                .putShort((short) 0x3C00)
                .putShort((short) 0xC000)
                .putShort((short) 0x3800)
                .array();
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(SOUND, data)));
        assertThat(tensors).containsOnlyKeys("a", "b");
        assertThat(tensors.get("a").read()).containsExactly(1.5f, -2);
        assertThat(tensors.get("b").read()).containsExactly(1, -2, 0.5f);
        assertThat(tensors.get("b").shape()).isEqualTo(List.of(1, 3));
    }

    @Test
    void metadataAndPaddingAreSkipped() throws Exception {
        String header = "{'__metadata__':{'format':'pt'},'a':{'dtype':'BF16','shape':[],'data_offsets':[0,2]}}   ";
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(header, (byte) 0x20, (byte) 0xC0)));
        assertThat(tensors.get("a").read()).containsExactly(-2.5f);
    }

    /** Training frameworks store configurations and logs in the metadata. */
    @Test
    void longMetadataIsSkipped() throws Exception {
        String header = "{'__metadata__':{'log':'" + "x".repeat(20_000_000)
                + "'},'a':{'dtype':'BF16','shape':[],'data_offsets':[0,2]}}";
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(header, (byte) 0x20, (byte) 0xC0)));
        assertThat(tensors).containsOnlyKeys("a");
    }

    @Test
    void doublePrecisionIsRounded() throws Exception {
        String header = "{'a':{'dtype':'F64','shape':[2],'data_offsets':[0,16]}}";
        byte[] data = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(0.1)
                .putDouble(1e300)
                .array();
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(header, data)));
        assertThat(tensors.get("a").read()).containsExactly(0.1f, Float.POSITIVE_INFINITY);
    }

    @Test
    void integersAreRefused() throws Exception {
        String header = "{'a':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}";
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(header, new byte[8])));
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> tensors.get("a").read())
                .withMessageContaining("tensor 'a' is of type I64; allowed are F64, F32, F16 and BF16");
    }

    /** The expected values follow from the definition of IEEE 754 binary16. */
    @ParameterizedTest
    @CsvSource({
        "0000, 0.0",
        "8000, -0.0",
        "0001, 5.9604645E-8",
        "03ff, 6.097555E-5",
        "0400, 6.1035156E-5",
        "3555, 0.33325195",
        "7bff, 65504.0",
        "fbff, -65504.0",
        "7c00, Infinity",
        "fc00, -Infinity",
        "7e00, NaN"
    })
    void halfPrecisionIsWidenedExactly(String bits, float expected) throws Exception {
        int half = Integer.parseInt(bits, 16);
        String header = "{'a':{'dtype':'F16','shape':[],'data_offsets':[0,2]}}";
        byte[] file = bytes(header, (byte) half, (byte) (half >> 8));
        float value = SafetensorsFile.open(write(file)).get("a").read()[0];
        assertThat(Float.floatToIntBits(value)).isEqualTo(Float.floatToIntBits(expected));
    }

    private static Arguments hostile(String fault, String header, int data) {
        return Arguments.of(fault, bytes(header, new byte[data]));
    }

    static Stream<Arguments> hostileFiles() {
        String a = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";
        return Stream.of(
                Arguments.of("is not a safetensors file but empty", new byte[0]),
                Arguments.of("7 bytes can't hold a header", new byte[7]),
                Arguments.of("can't hold a header of 0", bytes("", 0)),
                Arguments.of("can't hold a header of 1000", bytes(SOUND, 1_000, new byte[14])),
                Arguments.of("can't hold a header of -1", bytes(SOUND, -1, new byte[14])),
                Arguments.of("can't hold a header of 9223372036854775807", bytes(SOUND, Long.MAX_VALUE, new byte[14])),
                Arguments.of("can't hold a header of 100000001", bytes(SOUND, 100_000_001, new byte[14])),
                hostile("the header is not valid", "{'a':", 0),
                hostile("the header is not a JSON object", "[1,2,3]", 0),
                hostile("the header is not a JSON object", "null", 0),
                hostile("the header is not valid", SOUND + "{}", 14),
                hostile("the header is not valid: Document nesting depth", "{'a':" + "[".repeat(5_000), 0),
                hostile("Duplicate field 'a'", a + ",'a':{'dtype':'F32','shape':[2],'data_offsets':[8,16]}}", 16),
                hostile("Duplicate field 'dtype'", "{'a':{'dtype':'F32','dtype':'F16','shape':[2]}}", 8),
                hostile("tensor 'a' has no dtype", "{'a':{'shape':[2],'data_offsets':[0,8]}}", 8),
                hostile("tensor 'a' has no dtype", "{'a':17}", 8),
                hostile("tensor 'a' has no dtype", "{'a':{'dtype':4,'shape':[2],'data_offsets':[0,8]}}", 8),
                hostile("unknown dtype 'F31'", "{'a':{'dtype':'F31','shape':[2],'data_offsets':[0,8]}}", 8),
                hostile("must have a shape", "{'a':{'dtype':'F32','data_offsets':[0,8]}}", 8),
                hostile("extent -2", "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}", 8),
                hostile("extent 2.5", "{'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,10]}}", 10),
                hostile("extent \"2\"", "{'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}", 8),
                hostile("extent 4294967297", "{'a':{'dtype':'F32','shape':[4294967297],'data_offsets':[0,4]}}", 4),
                hostile(
                        "a shape that is too large",
                        "{'a':{'dtype':'F32','shape':[2147483647,2147483647,4],'data_offsets':[0,8]}}",
                        8),
                hostile(
                        "must have a shape of at most 8 dimensions",
                        "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}",
                        8),
                hostile("must be two numbers", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}", 8),
                hostile("must be two numbers", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}", 8),
                hostile("must be two numbers", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8.5]}}", 8),
                hostile(
                        "must be two numbers",
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}}",
                        8),
                hostile("needs 8 bytes", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}", 8),
                hostile("needs 8 bytes", "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}", 8),
                hostile("the tensors end at 8 of 4 bytes", a + "}", 4),
                hostile("the tensors end at 8 of 12 bytes", a + "}", 12),
                hostile(
                        "tensor 'b' begins at 4, inside the tensor before it",
                        a + ",'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
                        12),
                hostile(
                        "tensor 'b' begins at 0, inside the tensor before it",
                        a + ",'b':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}",
                        12),
                hostile(
                        "tensor 'b' begins at 12; there is a gap from 8",
                        a + ",'b':{'dtype':'F32','shape':[1],'data_offsets':[12,16]}}",
                        16),
                hostile(
                        "tensor 'a' begins at 100; there is a gap from 0",
                        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[100,108]}}",
                        8));
    }

    @ParameterizedTest
    @MethodSource("hostileFiles")
    void hostileFilesAreRefusedByName(String fault, byte[] content) throws IOException {
        Path file = write(content);
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(file))
                .withMessageContaining("x.safetensors")
                .withMessageContaining(fault);
    }

    private static String emptyTensors(int count) {
        StringJoiner tensors = new StringJoiner(",", "{", "}");
        for (int i = 0; i < count; i++) {
            tensors.add("'t" + i + "':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}");
        }
        return tensors.toString();
    }

    /** A tensor without values takes about 60 bytes of the file but a thousand bytes of memory. */
    @Test
    void theNumberOfTensorsIsLimited() throws Exception {
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(write(bytes(emptyTensors(1_500_000)))))
                .withMessageEndingWith(": has more than 20000 tensors");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(write(bytes("{}" + " ".repeat(100_000_000)))))
                .withMessageContaining(" bytes; at most 100000000 are read");
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(write(bytes(emptyTensors(20_001)))))
                .withMessageEndingWith(": has more than 20000 tensors");
        Map<String, Tensor> tensors = SafetensorsFile.open(write(bytes(emptyTensors(20_000))));
        assertThat(tensors).hasSize(20_000);
    }

    @Test
    void aHeaderWithMillionsOfValuesIsRefused() throws Exception {
        String header = "{'a':{'dtype':'F32','shape':[" + "0,".repeat(3_000_000) + "0],'data_offsets':[0,0]}}";
        assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> SafetensorsFile.open(write(bytes(header))))
                .withMessageContaining("the header is not valid: ");
    }
}
