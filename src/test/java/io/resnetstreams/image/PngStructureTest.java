package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.common.Png;
import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PNGs with palettes that lack colours, and PNGs without the end of the file. */
class PngStructureTest {
    private static final int SIDE = 16; // 256 pixels, one for each index
    private static final int END_BYTES = 12;

    private static byte[] chunk(String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + content.length);
        chunk.putInt(content.length).put(type.getBytes(US_ASCII)).put(content);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + content.length);
        return chunk.putInt((int) crc.getValue()).array();
    }

    /** Creates an image with all indices of this depth in order; {@code palette} is put between header and data. */
    private static byte[] indexed(int bits, byte[] palette) {
        int rowBytes = 1 + SIDE * bits / 8;
        byte[] rows = new byte[SIDE * rowBytes];
        for (int i = 0; i < SIDE * SIDE; i++) {
            int at = i / SIDE * rowBytes + 1 + i % SIDE * bits / 8;
            rows[at] |= (byte) ((i & (1 << bits) - 1) << 8 - bits - i % SIDE * bits % 8);
        }
        Deflater deflater = new Deflater();
        deflater.setInput(rows);
        deflater.finish();
        byte[] data = new byte[1_000];
        data = Arrays.copyOf(data, deflater.deflate(data));
        deflater.end();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        file.writeBytes(chunk("IHDR", new byte[] {0, 0, 0, SIDE, 0, 0, 0, SIDE, (byte) bits, 3, 0, 0, 0}));
        file.writeBytes(palette);
        file.writeBytes(chunk("IDAT", data));
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void whatThePaletteLacksIsGrey(int bits) throws Exception {
        byte[] colours = {9, 99, (byte) 199};
        for (byte[] palette : new byte[][] {chunk("PLTE", colours), {}}) {
            byte[] rgb = DecodedImage.of(indexed(bits, palette)).rgb();
            for (int i = 0; i < SIDE * SIDE; i++) {
                int index = i & (1 << bits) - 1;
                for (int channel = 0; channel < 3; channel++) {
                    byte expected = index == 0 && palette.length > 0 ? colours[channel] : (byte) index;
                    assertThat(rgb[3 * i + channel]).as("index %d", index).isEqualTo(expected);
                }
            }
        }
    }

    /** All pixels are present, and their checksums are right. */
    @Test
    void theEndMayBeMissing() throws Exception {
        byte[] rgb = SampleImages.pattern(40, 30);
        byte[] file = Png.encodeRgb(rgb, 40, 30);
        for (int missing = 1; missing <= END_BYTES; missing++) {
            assertThat(DecodedImage.of(Arrays.copyOf(file, file.length - missing))
                            .rgb())
                    .as("%d bytes missing", missing)
                    .isEqualTo(rgb);
        }
        byte[] other = file.clone();
        other[file.length - 1] ^= 1;
        assertThat(DecodedImage.of(other).rgb()).isEqualTo(rgb);
        for (int missing = END_BYTES + 1; missing < file.length - 33; missing += 7) {
            byte[] cut = Arrays.copyOf(file, file.length - missing);
            assertThatThrownBy(() -> DecodedImage.of(cut))
                    .as("%d bytes missing", missing)
                    .asInstanceOf(type(RejectedEventException.class))
                    .extracting(RejectedEventException::code)
                    .isEqualTo("truncated");
        }
    }
}
