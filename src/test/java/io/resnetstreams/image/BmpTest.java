package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bitmaps of every kind with known pixels, and truncated or unusual ones: each gives the right pixels or is rejected.
 */
class BmpTest {
    private static final int HEIGHT = 7;
    private static final int[] MASKS_555 = {0x7C00, 0x3E0, 0x1F};
    private static final int[] MASKS_565 = {0xF800, 0x7E0, 0x1F};
    private static final int[] BGR = {0xFF0000, 0xFF00, 0xFF};
    private static final int[][] MASKS_32 = {
        BGR, {0xFF, 0xFF00, 0xFF0000}, {0xFF000000, 0xFF0000, 0xFF00}, {0x3FF00000, 0xFFC00, 0x3FF}
    };
    private static final int UNCOMPRESSED = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    private final SplittableRandom random = new SplittableRandom(18);
    private int width;
    private int[] colours;
    private int[] palette;

    private void image(int imageWidth) {
        width = imageWidth;
        colours = random.ints(width * HEIGHT, 0, 1 << 24).toArray();
    }

    /** Returns the palette index of a pixel. */
    private int index(int x, int y) {
        return (x / 3 * 3 + y * 5 + x * y / 4) % palette.length;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 8, 17, 31, 33, 64})
    void everyKindIsDecodedToItsPixels(int imageWidth) throws Exception {
        image(imageWidth);
        for (boolean topDown : new boolean[] {false, true}) {
            for (int header : new int[] {12, 40, 52, 56, 64, 108, 124}) {
                if (header == 12 && topDown) {
                    continue; // the height in this header is never negative
                }
                for (int bits : new int[] {1, 4, 8}) {
                    palette = random.ints(1 << bits, 0, 1 << 24).toArray();
                    check(file(header, bits, UNCOMPRESSED, null, rows(bits, null, topDown), topDown), 0);
                    if (bits == 8 && header > 12) {
                        palette = Arrays.copyOf(palette, 100);
                        check(file(header, bits, UNCOMPRESSED, null, rows(bits, null, topDown), topDown), 0);
                    }
                }
                palette = null;
                check(file(header, 24, UNCOMPRESSED, null, rows(24, null, topDown), topDown), 0);
                if (header == 12) {
                    continue;
                }
                check(file(header, 16, UNCOMPRESSED, null, rows(16, MASKS_555, topDown), topDown), 8);
                check(file(header, 32, UNCOMPRESSED, null, rows(32, BGR, topDown), topDown), 0);
                if (header == 64) {
                    continue; // compression 3 has another meaning in this header
                }
                check(file(header, 16, BIT_FIELDS, MASKS_565, rows(16, MASKS_565, topDown), topDown), 8);
                check(file(header, 16, BIT_FIELDS, MASKS_555, rows(16, MASKS_555, topDown), topDown), 8);
                for (int[] masks : MASKS_32) {
                    check(file(header, 32, BIT_FIELDS, masks, rows(32, masks, topDown), topDown), 1);
                }
            }
        }
        for (int header : new int[] {40, 64, 108, 124}) {
            palette = random.ints(256, 0, 1 << 24).toArray();
            check(file(header, 8, RLE8, null, runs(8), false), 0);
            palette = random.ints(16, 0, 1 << 24).toArray();
            check(file(header, 4, RLE4, null, runs(4), false), 0);
        }
    }

    /** The JDK reads a palette of grey shades as a grey image with linear values. */
    @Test
    void palettesOfGreyAreDecodedToTheirPixels() throws Exception {
        image(33);
        for (int bits : new int[] {1, 4, 8}) {
            int most = (1 << bits) - 1;
            for (boolean falling : new boolean[] {false, true}) {
                palette = IntStream.rangeClosed(0, most)
                        .map(i -> (falling ? most - i : i) * 255 / most * 0x010101)
                        .toArray();
                for (int header : new int[] {12, 40, 124}) {
                    check(file(header, bits, UNCOMPRESSED, null, rows(bits, null, false), false), 0);
                }
                if (bits > 1) {
                    check(file(40, bits, bits == 8 ? RLE8 : RLE4, null, runs(bits), false), 0);
                }
            }
        }
    }

    /** Pillow fills a short palette with shades of grey. */
    @Test
    void whatThePaletteLacksIsGrey() throws Exception {
        image(33);
        for (int bits : new int[] {2, 4, 8}) {
            int[] shades = IntStream.range(0, 1 << bits).map(i -> i * 0x010101).toArray();
            palette = random.ints(1 << bits, 0, 1 << 24).toArray();
            System.arraycopy(shades, 2, palette, 2, shades.length - 2);
            int[] all = palette;
            byte[] plain = rows(bits, null, false);
            byte[] runs = bits == 2 ? plain : runs(bits);
            palette = Arrays.copyOf(all, 2);
            byte[] plainFile = file(40, bits, UNCOMPRESSED, null, plain, false);
            int compression = bits == 2 ? UNCOMPRESSED : bits == 4 ? RLE4 : RLE8;
            byte[] runsFile = file(40, bits, compression, null, runs, false);
            palette = all;
            check(plainFile, 0);
            check(runsFile, 0);
        }
    }

    @Test
    void oddHeadersAreReadAsPillowReadsThem() throws Exception {
        image(17);
        palette = null;
        byte[] withoutStart = file(40, 24, UNCOMPRESSED, null, rows(24, null, false), false);
        withoutStart[10] = 0; // the offset of the pixels
        check(withoutStart, 0);
        check(file(40, 32, BIT_FIELDS, new int[3], rows(32, BGR, false), false), 0);
        check(file(40, 24, BIT_FIELDS, BGR, rows(24, null, false), false), 0);
        check(file(12, 16, UNCOMPRESSED, null, rows(16, MASKS_555, false), false), 8);
        check(file(12, 32, UNCOMPRESSED, null, rows(32, BGR, false), false), 0);
    }

    @Test
    void runsMayLeaveOutPixelsButNotRows() throws Exception {
        width = 6;
        palette = new int[] {0x102030, 0x405060, 0x708090};
        colours = null;
        String lastRows = "0000 0000 0000 0000 0000";
        // Two rows: three pixels of colour 1; then two pixels skipped, and a run of colour 2 that exceeds the row.
        DecodedImage image = DecodedImage.of(runs("0301 0000 00020200 0901 " + lastRows + " 0001"));
        assertThat(colourAt(image, 2, HEIGHT - 1)).isEqualTo(0x405060);
        assertThat(colourAt(image, 3, HEIGHT - 1)).isEqualTo(0x102030);
        assertThat(colourAt(image, 1, HEIGHT - 2)).isEqualTo(0x102030);
        assertThat(colourAt(image, 5, HEIGHT - 2)).isEqualTo(0x405060);
        assertThat(colourAt(image, 0, 0)).isEqualTo(0x102030);
        assertCode(runs("0301 0000 0602 0001"), "truncated", "its runs end in row 2 of 7");
        assertCode(runs("0301 0000 0602"), "truncated", "its structure needs at least");
        assertCode(runs("0301 00020009 0001"), "corrupt", "its runs lead beyond its last row");
    }

    private byte[] runs(String hex) {
        return file(40, 8, RLE8, null, HexFormat.of().parseHex(hex.replace(" ", "")), false);
    }

    private static int colourAt(DecodedImage image, int x, int y) {
        int at = 3 * (y * image.width() + x);
        return (image.rgb()[at] & 0xFF) << 16 | (image.rgb()[at + 1] & 0xFF) << 8 | image.rgb()[at + 2] & 0xFF;
    }

    @Test
    void cutBitmapsAreRejected() {
        image(17);
        palette = random.ints(256, 0, 1 << 24).toArray();
        requireWhole(file(40, 8, RLE8, null, runs(8), false), 5);
        requireWhole(file(40, 8, UNCOMPRESSED, null, rows(8, null, false), false), 3);
        palette = random.ints(16, 0, 1 << 24).toArray();
        requireWhole(file(108, 4, RLE4, null, runs(4), false), 5);
        palette = null;
        requireWhole(file(124, 32, BIT_FIELDS, BGR, rows(32, BGR, false), false), 0);
    }

    /** The spare bytes at the end are padding, or the markers for the end of the last row and of the image. */
    private void requireWhole(byte[] file, int spare) {
        for (int length = 20; length < file.length - spare; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> DecodedImage.of(cut))
                    .as("%d of %d bytes", length, file.length)
                    .isInstanceOf(RejectedEventException.class);
        }
    }

    @Test
    void unsupportedKindsAreNamed() {
        image(5);
        assertCode(
                file(40, 24, 4, null, rows(24, null, false), false),
                "unsupported",
                "24 bits a pixel with compression 4");
        assertCode(file(40, 64, UNCOMPRESSED, null, new byte[400], false), "unsupported", "64 bits a pixel");
        byte[] header = file(40, 24, UNCOMPRESSED, null, rows(24, null, false), false);
        header[14] = 66;
        assertCode(header, "corrupt", "its header states 66 bytes for itself");
        int[] gaps = {0xF0F000, 0xF0F, 0xF0};
        assertCode(file(40, 32, BIT_FIELDS, gaps, rows(32, BGR, false), false), "corrupt", "bit mask f0f000 has gaps");
    }

    private void assertCode(byte[] file, String code, String reason) {
        assertThatThrownBy(() -> DecodedImage.of(file))
                .hasMessageContaining(reason)
                .asInstanceOf(type(RejectedEventException.class))
                .extracting(RejectedEventException::code)
                .isEqualTo(code);
    }

    private void check(byte[] file, int tolerance) throws RejectedEventException {
        DecodedImage image = DecodedImage.of(file);
        assertThat(image.width()).isEqualTo(width);
        assertThat(image.height()).isEqualTo(HEIGHT);
        for (int y = 0, at = 0; y < HEIGHT; y++) {
            for (int x = 0; x < width; x++) {
                int expected = palette == null ? colours[y * width + x] : palette[index(x, y)];
                for (int shift = 16; shift >= 0; shift -= 8) {
                    assertThat(image.rgb()[at++] & 0xFF)
                            .as("%d bits, header %d, compression %d, x=%d y=%d", file[28], file[14], file[30], x, y)
                            .isCloseTo(expected >> shift & 0xFF, within(tolerance));
                }
            }
        }
    }

    private byte[] file(int header, int bits, int compression, int[] masks, byte[] data, boolean topDown) {
        int extra = compression == BIT_FIELDS && header == 40 ? 12 : 0;
        int colourBytes = header == 12 ? 3 : 4;
        int start = 14 + header + extra + (palette == null ? 0 : colourBytes * palette.length);
        ByteBuffer file = ByteBuffer.allocate(start + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B')
                .put((byte) 'M')
                .putInt(file.capacity())
                .putInt(0)
                .putInt(start)
                .putInt(header);
        if (header == 12) {
            file.putShort((short) width)
                    .putShort((short) HEIGHT)
                    .putShort((short) 1)
                    .putShort((short) bits);
        } else {
            file.putInt(width)
                    .putInt(topDown ? -HEIGHT : HEIGHT)
                    .putShort((short) 1)
                    .putShort((short) bits);
            file.putInt(compression).putInt(data.length).putInt(2835).putInt(2835);
            file.putInt(palette == null ? 0 : palette.length).putInt(0);
            for (int i = 0; masks != null && i < 3; i++) {
                file.putInt(54 + 4 * i, masks[i]);
            }
        }
        file.position(14 + header + extra);
        for (int i = 0; palette != null && i < palette.length; i++) {
            file.put((byte) palette[i]).put((byte) (palette[i] >> 8)).put((byte) (palette[i] >> 16));
            file.put(new byte[colourBytes - 3]);
        }
        return file.put(data).array();
    }

    private byte[] rows(int bits, int[] masks, boolean topDown) {
        int rowBytes = (width * bits + 31) / 32 * 4;
        byte[] data = new byte[rowBytes * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            int row = (topDown ? y : HEIGHT - 1 - y) * rowBytes;
            for (int x = 0; x < width; x++) {
                int colour = colours[y * width + x];
                if (bits <= 8) {
                    data[row + x * bits / 8] |= (byte) (index(x, y) << 8 - bits - x * bits % 8);
                    continue;
                }
                int value = bits == 24
                        ? colour
                        : scaled(colour >> 16, masks[0]) | scaled(colour >> 8, masks[1]) | scaled(colour, masks[2]);
                for (int i = 0; i < bits / 8; i++) {
                    data[row + x * bits / 8 + i] = (byte) (value >> 8 * i);
                }
            }
        }
        return data;
    }

    private static int scaled(int value, int mask) {
        int shift = Integer.numberOfTrailingZeros(mask);
        long most = (mask & 0xFFFFFFFFL) >>> shift;
        return (int) (((value & 0xFF) * most + 127) / 255 << shift);
    }

    /** Returns rows with runs of one colour and literal pixels between them. */
    private byte[] runs(int bits) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int y = HEIGHT - 1; y >= 0; y--) {
            for (int x = 0; x < width; ) {
                int count = Math.min(width - x, 3 + (x * 7 + y) % 5);
                if (count >= 3 && (x + y) % 2 == 0) {
                    data.write(0);
                    data.write(count);
                    int bytes = 0;
                    for (int i = 0; i < count; i += 8 / bits, bytes++) {
                        int second = i + 1 < count && bits == 4 ? index(x + i + 1, y) : 0;
                        data.write(bits == 8 ? index(x + i, y) : index(x + i, y) << 4 | second);
                    }
                    data.writeBytes(new byte[bytes % 2]);
                } else {
                    count = 1;
                    while (x + count < width && index(x + count, y) == index(x, y)) {
                        count++;
                    }
                    data.write(count);
                    data.write(bits == 8 ? index(x, y) : index(x, y) * 0x11);
                }
                x += count;
            }
            data.write(0);
            data.write(0);
        }
        data.write(0);
        data.write(1);
        return data.toByteArray();
    }
}
