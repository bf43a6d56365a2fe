package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** GIFs of known pixels, as Pillow's {@code convert("RGB")} shows their first frame; and damaged ones. */
class GifTest {
    private static final int SIDE = 11;
    private static final int COLOURS = 8;
    private static final int[] INTERLACED_ROWS = {0, 8, 4, 2, 6, 10, 1, 3, 5, 7, 9};

    /** What stands before the frame, and the frame's own. */
    private int canvas = SIDE;

    private int left;
    private int top;
    private int background;
    private boolean palette = true;
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
        file.writeBytes(
                new byte[] {(byte) canvas, 0, (byte) canvas, 0, (byte) (palette ? 0x82 : 0), (byte) background, 0});
        for (int i = 0; palette && i < COLOURS; i++) {
            file.writeBytes(new byte[] {(byte) colour(i, 0), (byte) colour(i, 1), (byte) colour(i, 2)});
        }
        file.writeBytes(new byte[] {'!', (byte) 0xFE, 3, 'a', ',', ';', 0}); // a comment that looks like blocks
        if (transparent >= 0) {
            file.writeBytes(new byte[] {'!', (byte) 0xF9, 4, 1, 0, 0, (byte) transparent, 0});
        }
        frame(file, left, top);
        return file.toByteArray();
    }

    private void frame(ByteArrayOutputStream file, int x0, int y0) {
        file.writeBytes(new byte[] {',', (byte) x0, 0, (byte) y0, 0, SIDE, 0, SIDE, 0, (byte) (interlaced ? 0x40 : 0)});
        file.write(3);
        // Codes of four bits: each pixel its own, and the table is cleared before codes get longer.
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        int count = 0;
        for (int row = 0; row < SIDE; row++) {
            for (int x = 0; x < SIDE; x++) {
                if (count++ % 6 == 0) {
                    codes.write(COLOURS);
                }
                codes.write(index(x, interlaced ? INTERLACED_ROWS[row] : row));
            }
        }
        codes.write(COLOURS + 1);
        codes.write(0);
        byte[] data = codes.toByteArray();
        int bytes = data.length / 2;
        for (int at = 0; at < bytes; at += 40) {
            int length = Math.min(40, bytes - at);
            file.write(length);
            for (int i = at; i < at + length; i++) {
                file.write(data[2 * i] | data[2 * i + 1] << 4);
            }
        }
        file.write(0);
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
                            .isEqualTo(palette ? colour(index, channel) : index);
                }
            }
        }
    }

    @Test
    void pixelsAreThePalettes() throws Exception {
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
    void withoutAPaletteIndicesAreGrey() throws Exception {
        palette = false;
        check(gif(), SIDE, 0);
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
    void whatFollowsTheFirstFrameMayBeMissingOrCut() throws Exception {
        byte[] first = gif();
        check(Arrays.copyOf(first, first.length - 1), SIDE, 0); // without the end of its data, too
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
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> DecodedImage.of(cut))
                    .as("%d of %d bytes", length, file.length)
                    .asInstanceOf(type(RejectedEventException.class))
                    .extracting(RejectedEventException::code)
                    .isEqualTo("truncated");
        }
    }

    @Test
    void aCodeThatIsNotYetInTheTableIsCorrupt() {
        byte[] file = gif();
        file[file.length - 40] = (byte) 0xFF;
        assertThatThrownBy(() -> DecodedImage.of(file))
                .hasMessageContaining("the codes of its first frame are damaged")
                .asInstanceOf(type(RejectedEventException.class))
                .extracting(RejectedEventException::code)
                .isEqualTo("corrupt");
    }

    @Test
    void framesWithoutTheirBytesAreEndedEarly() {
        byte[] file = gif();
        int data = file.length - 2 - 71 - 2;
        byte[] shorter = Arrays.copyOf(file, data);
        byte[] ended = Arrays.copyOf(shorter, shorter.length + 2);
        ended[ended.length - 1] = ';';
        assertThatThrownBy(() -> DecodedImage.of(ended)).isInstanceOf(RejectedEventException.class);
    }
}
