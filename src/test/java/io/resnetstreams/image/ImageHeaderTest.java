package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageHeaderTest {
    @ParameterizedTest
    @CsvSource({".jpg, JPEG", ".png, PNG", ".gif, GIF", ".bmp, BMP", ".webp, WEBP"})
    void readsFormatAndSizeOfWholeFiles(String extension, ImageFormat format) throws Exception {
        byte[] file = SampleImages.encode(extension, SampleImages.gradient(37, 21), 37, 21);
        assertThat(ImageHeader.read(new FileBytes(file))).isEqualTo(new ImageHeader(format, 37, 21));
    }

    @ParameterizedTest
    @CsvSource({
        // a PNG's first 33 bytes, claiming 305,419,896 × 1
        "89504E470D0A1A0A0000000D49484452 12345678 00000001 08 02 00 00 00 00000000, PNG, 305419896, 1",
        "474946383961 FFFF 0100 00 00 00 2C 0000 0000 0100 0100 00, GIF, 65535, 1",
        // GIF with a frame larger than its canvas, after a comment
        "474946383961 0500 0700 00 00 00 21FE 02 4142 00 2C 0300 0000 0400 0500 00, GIF, 7, 7",
        // top-down BMP: a negative height
        "424D 00000000 00000000 36000000 28000000 05000000 F9FFFFFF, BMP, 5, 7",
        // BMP of OS/2
        "424D 00000000 00000000 1A000000 0C000000 0500 0700, BMP, 5, 7",
        "52494646 00000000 57454250 56503858 0A000000 00000000 FFFFFF 000000, WEBP, 16777216, 1",
        "52494646 00000000 57454250 5650384C 00000000 2F FF3F0000, WEBP, 16384, 1",
        "52494646 00000000 57454250 56503820 00000000 300000 9D012A 0500 0740, WEBP, 5, 7",
        // JPEG: a comment, fill bytes, then a progressive frame
        "FFD8 FFFE 0004 FFC0 FFFFFF C2 000B 08 0007 0005 01 01 11 00, JPEG, 5, 7"
    })
    void readsClaimsFromTheFirstBytesAlone(String hex, ImageFormat format, int width, int height) throws Exception {
        byte[] file = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(ImageHeader.read(new FileBytes(file))).isEqualTo(new ImageHeader(format, width, height));
    }

    @Test
    void thumbnailInMetadataIsNotTheImage() throws Exception {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.writeBytes(SampleImages.exif(1));
        payload.writeBytes(SampleImages.jpeg(8, 8));
        byte[] file = SampleImages.withSegment(SampleImages.jpeg(40, 30), 0xE1, payload.toByteArray());
        assertThat(ImageHeader.read(new FileBytes(file))).isEqualTo(new ImageHeader(ImageFormat.JPEG, 40, 30));
    }
}
