package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GIFs with known pixels, which must equal the first frame in Pillow's {@code convert("RGB")}, and damaged GIFs. */
class GifTest {
    private static final int SIDE = 11;
    private static final int COLOURS = 8;
    private static final int[] INTERLACED_ROWS = {0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9};

    /** Settings of the file's header and of its frame. */
    private int canvas = SIDE;

    private int left;
    private int top;
    private int background;
    private int palette = COLOURS;
    private int localPalette;
    private int codeBits = 3;
    private boolean interlaced;
    private int transparent = -1;

    private static int index(int x, int y) {
        return (x * 3 + y * 5) % COLOURS;
    }

    private static int colour(int index, int channel) {
        return (index * 31 + channel * 70) & 0xFF;
    }

    private byte[] gif() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("GIF89a".getBytes(US_ASCII));
        file.writeBytes(new byte[] {(byte) canvas, 0, (byte) canvas, 0, flags(palette), (byte) background, 0});
        colours(file, palette);
        file.writeBytes(new byte[] {'!', (byte) 0xFE, 3, 'a', ',', ';', 0}); // a comment that looks like blocks
        if (transparent >= 0) {
            file.writeBytes(new byte[] {'!', (byte) 0xF9, 4, 1, 0, 0, (byte) transparent, 0});
        }
        frame(file, left, top);
        return file.toByteArray();
    }

    /** Returns where the first frame's data begins, which is the byte with the code size. */
    private int dataStart() {
        return 13 + 3 * palette + 7 + 10 + 3 * localPalette;
    }

    private static byte flags(int colours) {
        return (byte) (colours == 0 ? 0 : 0x80 | Integer.numberOfTrailingZeros(colours) - 1);
    }

    private static void colours(ByteArrayOutputStream file, int count) {
        for (int i = 0; i < count; i++) {
            file.writeBytes(new byte[] {(byte) colour(i, 0), (byte) colour(i, 1), (byte) colour(i, 2)});
        }
    }

    private void frame(ByteArrayOutputStream file, int x0, int y0) {
        byte flags = (byte) (flags(localPalette) | (interlaced ? 0x40 : 0));
        file.writeBytes(new byte[] {',', (byte) x0, 0, (byte) y0, 0, SIDE, 0, SIDE, 0, flags});
        colours(file, localPalette);
        file.write(codeBits);
        // Each pixel has its own code, and the table is cleared before the codes get longer.
        BitSet codes = new BitSet();
        int at = 0;
        int count = 0;
        for (int row = 0; row < SIDE; row++) {
            for (int x = 0; x < SIDE; x++) {
                if (count++ % 6 == 0) {
                    at = put(codes, at, 1 << codeBits);
                }
                at = put(codes, at, index(x, interlaced ? INTERLACED_ROWS[row] : row));
            }
        }
        at = put(codes, at, (1 << codeBits) + 1);
        byte[] data = Arrays.copyOf(codes.toByteArray(), (at + 7) / 8);
        for (int from = 0; from < data.length; from += 40) {
            int length = Math.min(40, data.length - from);
            file.write(length);
            file.write(data, from, length);
        }
        file.write(0);
    }

    private int put(BitSet codes, int at, int code) {
        for (int bit = 0; bit <= codeBits; bit++) {
            codes.set(at + bit, (code >> bit & 1) != 0);
        }
        return at + codeBits + 1;
    }

    private void check(byte[] file, int side, int around) throws RejectedEventException {
        DecodedImage image = DecodedImage.of(file);
        assertThat(image.width()).isEqualTo(side);
        assertThat(image.height()).isEqualTo(side);
        for (int y = 0, at = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                boolean inside = x >= left && x < left + SIDE && y >= top && y < top + SIDE;
                int index = inside ? index(x - left, y - top) : around;
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(image.rgb()[at++] & 0xFF)
                            .as("x=%d y=%d", x, y)
                            .isEqualTo(
                                    index < (localPalette > 0 ? localPalette : palette)
                                            ? colour(index, channel)
                                            : index);
                }
            }
        }
    }

    @Test
    void pixelsHaveTheColoursOfThePalette() throws Exception {
        check(gif(), SIDE, 0);
        interlaced = true;
        check(gif(), SIDE, 0);
    }

    @Test
    void transparencyIsDropped() throws Exception {
        transparent = 3;
        check(gif(), SIDE, 0);
    }

    @Test
    void whatThePaletteLacksIsGrey() throws Exception {
        palette = 0;
        check(gif(), SIDE, 0);
        palette = 2;
        check(gif(), SIDE, 0);
        localPalette = 4; // it replaces the global palette entirely
        check(gif(), SIDE, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 8, 9, 11})
    void codesMayHaveMoreBitsThanThePaletteNeeds(int bits) throws Exception {
        codeBits = bits;
        check(gif(), SIDE, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 255})
    void otherSizesOfCodesAreCorrupt(int bits) {
        byte[] file = gif();
        file[dataStart()] = (byte) bits;
        assertRejected(file, "corrupt", "in codes of " + bits + " bits and more; at least 1×1 in 1 to 11 are needed");
    }

    @Test
    void aFrameWithoutPixelsIsCorrupt() {
        byte[] file = gif();
        file[dataStart() - 3] = 0; // the height
        assertRejected(file, "corrupt", "its first frame has 11×0 pixels");
    }

    @Test
    void theBackgroundMayLieOutsideThePalette() throws Exception {
        background = 200;
        check(gif(), SIDE, 0);
    }

    @Test
    void aroundTheFrameIsTheFirstColourOrTheTransparentOne() throws Exception {
        canvas = 20;
        left = 4;
        top = 6;
        check(gif(), 20, 0);
        transparent = 5;
        check(gif(), 20, 5);
    }

    @Test
    void theFrameMayBeLargerThanTheCanvas() throws Exception {
        canvas = 4;
        check(gif(), SIDE, 0);
        left = 3;
        top = 3;
        check(gif(), SIDE + 3, 0);
    }

    @Test
    void dataAfterTheFirstFrameMayBeMissingOrTruncated() throws Exception {
        byte[] first = gif();
        check(Arrays.copyOf(first, first.length - 1), SIDE, 0); // the terminator of the data is missing, too
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        second.writeBytes(first);
        frame(second, 0, 0);
        for (int cut = 0; cut < 80; cut += 9) {
            check(Arrays.copyOf(second.toByteArray(), second.size() - cut), SIDE, 0);
        }
    }

    @Test
    void aFirstFrameThatIsCutIsTruncated() {
        byte[] file = gif();
        for (int length = 13; length < file.length - 3; length++) {
            assertRejected(Arrays.copyOf(file, length), "truncated", "");
        }
    }

    /** The frame's data ends too early, although its terminator is present. */
    @Test
    void aFirstFrameWithoutItsLastCodesIsTruncated() {
        byte[] file = gif();
        byte[] ended = Arrays.copyOf(file, dataStart() + 1 + 41 + 1); // the first block of codes, and the terminator
        ended[ended.length - 1] = 0;
        assertRejected(ended, "truncated", "the codes of its first frame end before its last pixel");
    }

    @Test
    void aCodeThatIsNotYetInTheTableIsCorrupt() {
        byte[] file = gif();
        file[file.length - 40] = (byte) 0xFF;
        assertRejected(file, "corrupt", "the codes of its first frame are damaged: 15 is not yet in use");
    }

    private void assertRejected(byte[] file, String code, String reason) {
        assertThatThrownBy(() -> DecodedImage.of(file))
                .as("%d bytes", file.length)
                .hasMessageContaining(reason)
                .asInstanceOf(type(RejectedEventException.class))
                .extracting(RejectedEventException::code)
                .isEqualTo(code);
    }
}
