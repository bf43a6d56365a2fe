package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.resnetstreams.common.Png;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
    private static final int WIDTH = 37;
    private static final int HEIGHT = 21;

    @Test
    void colourIsLosslessForOtherReaders() throws Exception {
        byte[] rgb = SampleImages.pattern(WIDTH, HEIGHT);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Png.encodeRgb(rgb, WIDTH, HEIGHT)));
        assertThat(image.getWidth()).isEqualTo(WIDTH);
        assertThat(image.getHeight()).isEqualTo(HEIGHT);
        for (int y = 0, at = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++, at += 3) {
                int expected = (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | rgb[at + 2] & 0xFF;
                assertThat(image.getRGB(x, y) & 0xFFFFFF).isEqualTo(expected);
            }
        }
    }

    @Test
    void greyBecomesThreeEqualChannels() throws Exception {
        byte[] grey = new byte[WIDTH * HEIGHT];
        byte[] rgb = new byte[3 * grey.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = (byte) (5 * i);
        }
        DecodedImage image = DecodedImage.of(Png.encodeGrey(grey, WIDTH, HEIGHT));
        assertThat(image.width()).isEqualTo(WIDTH);
        assertThat(image.rgb()).isEqualTo(rgb);
    }

    @Test
    void refusesPixelsThatDoNotFit() {
        assertThatThrownBy(() -> Png.encodeGrey(new byte[5], 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 bytes are not 2×3 pixels of 1 bytes");
    }
}
