package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.resnetstreams.common.Png;
import io.resnetstreams.config.DefaultLimits;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rejection names the content that was sent instead of an image, and what to do about it. */
class OtherContentTest {
    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "unsupported", "HEIC"),
                Arguments.of("\0\0\0\u001Cftypmif1\0\0\0\0mif1heic", "unsupported", "HEIC"),
                Arguments.of("\0\0\0\u001Cftypavif\0\0\0\0avifmif1miaf", "unsupported", "AVIF"),
                Arguments.of("\0\0\0\u001Cftypmif1\0\0\0\0mif1avif", "unsupported", "AVIF"),
                Arguments.of("\0\0\0\u0018ftypisom\0\0\2\0isomiso2", "unknown_format", "video"),
                Arguments.of("\0\0\0\fJXL \r\n\u0087\n", "unsupported", "JPEG XL"),
                Arguments.of("\u00FF\n\u00FA\u001F", "unsupported", "JPEG XL"),
                Arguments.of("II*\0\b\0\0\0", "unsupported", "TIFF"),
                Arguments.of("MM\0*\0\0\0\b", "unsupported", "TIFF"),
                Arguments.of("\0\0\0\fjP  \r\n\u0087\n", "unsupported", "JPEG 2000"),
                Arguments.of("\u00FFO\u00FFQ\0\u0029", "unsupported", "JPEG 2000"),
                Arguments.of("\0\0\1\0\1\0", "unsupported", "ICO"),
                Arguments.of("8BPS\0\1", "unsupported", "PSD"),
                Arguments.of("<svg xmlns='http://www.w3.org/2000/svg'>", "unsupported", "SVG"),
                Arguments.of("<?xml version='1.0'?>\n<!-- a -->\n<svg width='1'>", "unsupported", "SVG"),
                Arguments.of("%PDF-1.7\n", "unknown_format", "PDF"),
                Arguments.of("PK\3\4\u0014", "unknown_format", "ZIP"),
                Arguments.of("\u001F\u008B\b", "unknown_format", "gzip"),
                Arguments.of("<!DOCTYPE html><html>", "unknown_format", "HTML"),
                Arguments.of("\u00EF\u00BB\u00BF \n<HTML>", "unknown_format", "HTML"),
                Arguments.of(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
                        "unknown_format",
                        "'git lfs pull'"),
                Arguments.of("II*\0\20\0\0\0CR\2\0", "unsupported", "camera's raw"),
                Arguments.of("\0\0\0\u0018ftypcrx \0\0\0\1crx isom", "unsupported", "camera's raw"),
                Arguments.of("FUJIFILMCCD-RAW 0201", "unsupported", "camera's raw"),
                Arguments.of("II+\0\b\0\0\0", "unsupported", "TIFF"),
                Arguments.of("\0\0\2\0\1\0", "unsupported", "CUR"),
                Arguments.of("\0\0\2\0\0\0\0\0\0\0\0\0\5\0\5\0\30\0", "unsupported", "Targa"),
                Arguments.of("\0".repeat(128) + "DICM", "unsupported", "DICOM"),
                Arguments.of("BA\16\0\0\0\0\0\0\0\0\0\0\0BM", "unsupported", "OS/2 bitmap array"),
                Arguments.of(
                        "<!-- a -->\n<!DOCTYPE svg PUBLIC 'x' 'y' [<!ENTITY a 'b'>]>\n<svg>", "unsupported", "SVG"),
                Arguments.of("<?xml version='1.0'?>" + "<!-- -->".repeat(200) + "<svg:svg>", "unsupported", "SVG"),
                Arguments.of("\u00FF\u00FE<\0s\0v\0g\0>\0", "unsupported", "SVG"),
                Arguments.of("<title>404</title>", "unknown_format", "HTML"),
                Arguments.of("<?xml version='1.0'?><html><svg/>", "unknown_format", "HTML"),
                Arguments.of("\u00FE\u00FF\0<\0h\0t\0m\0l\0>", "unknown_format", "HTML"),
                Arguments.of("<?xml version='1.0'?><Error/>", "unknown_format", "XML"),
                Arguments.of("\0\0\1\0moov\0\0\0lmvhd", "unknown_format", "video"),
                Arguments.of("\u001AE\u00DF\u00A3", "unknown_format", "video"),
                Arguments.of("RIFF\20\0\0\0AVI LIST", "unknown_format", "video"),
                Arguments.of("\u00FD7zXZ\0", "unknown_format", "compressed"),
                Arguments.of("../.git/annex/objects/x/y", "unknown_format", "'git annex get'"),
                Arguments.of("--b\r\nContent-Type: image/jpeg\r\n\r\n", "unknown_format", "MIME"),
                Arguments.of("https://example.com/a.jpg", "unknown_format", "an address"),
                Arguments.of("/9j/4AAQSkZJRg", "unknown_format", "base64"),
                Arguments.of("data:image/png;base64,iVBORw0KGgo", "unknown_format", "base64"),
                Arguments.of("{\"image\": \"\"}", "unknown_format", "content-type application/json"),
                Arguments.of("\u0089PNG\n\u001A\n", "unknown_format", "as text"),
                Arguments.of("\u00C3\u00BF\u00C3\u0098\u00C3\u00BF", "unknown_format", "as text"),
                Arguments.of("\n\u00FF\u00D8\u00FF\u00E0", "unknown_format", "behind other bytes"),
                Arguments.of("\0".repeat(500), "unknown_format", "zeros"),
                Arguments.of(" \n", "unknown_format", "white space"),
                Arguments.of("plain text", "unknown_format", "it begins with 70 6c 61"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void isNamed(String file, String code, String name) {
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, 8, 8));
        assertThatThrownBy(() -> preprocessor.toPixels(file.getBytes(ISO_8859_1)))
                .hasMessageContaining(name)
                .hasMessageContaining("accepted are JPEG, PNG, GIF, BMP and WebP")
                .asInstanceOf(type(RejectedEventException.class))
                .satisfies(rejected -> {
                    assertThat(rejected.code()).isEqualTo(code);
                    assertThat(rejected.stage()).isEqualTo(Stage.DECODE);
                });
    }

    /** Regular expressions with excessive backtracking would not finish on repeated content. */
    @ParameterizedTest
    @ValueSource(
            strings = {"<!---->", "<!-- ", "<!DOCTYPE svg>", "<!DOCTYPE svg[]", "<?xml ?>", " ", "../", "--a", "[{"})
    @Timeout(60)
    void repeatedContentIsRejectedQuickly(String part) {
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, 8, 8));
        assertThatThrownBy(() -> preprocessor.toPixels(part.repeat(5_000).getBytes(ISO_8859_1)))
                .isInstanceOf(RejectedEventException.class);
    }

    @Test
    void kindsOfJpegThatCannotBeDecodedAreUnsupported() {
        byte[] jpeg = SampleImages.jpeg(16, 16);
        assertUnsupported(withFrame(jpeg, 0xC1, 12), "a lossy JPEG of 12 bits");
        assertUnsupported(withFrame(jpeg, 0xC3, 8), "a lossless JPEG of 8 bits");
        assertUnsupported(withFrame(jpeg, 0xC3, 16), "a lossless JPEG of 16 bits");
        assertUnsupported(withFrame(jpeg, 0xC5, 8), "a hierarchical JPEG of 8 bits");
        byte[] frame = {8, 0, 16, 0, 16, 1, 1, 0x11, 0};
        assertUnsupported(SampleImages.withSegment(jpeg, 0xDE, frame), "a hierarchical JPEG of 8 bits");
        byte[] withoutHeight = withFrame(jpeg, 0xC0, 8);
        for (int at = 0; at < jpeg.length; at++) {
            if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xC0) {
                withoutHeight[at + 6] = 0;
                break;
            }
        }
        assertUnsupported(withoutHeight, "its height stands behind its image data (DNL)");
        byte[] png = Png.encodeRgb(SampleImages.gradient(8, 8), 8, 8);
        System.arraycopy("CgBI".getBytes(ISO_8859_1), 0, png, 12, 4);
        assertUnsupported(png, "a PNG as Xcode rewrites them for iOS (CgBI)");
    }

    private static void assertUnsupported(byte[] file, String reason) {
        ImagePreprocessor preprocessor = new ImagePreprocessor(DefaultLimits.image(), new Preprocessing(0, 8, 8));
        assertThatThrownBy(() -> preprocessor.toPixels(file))
                .hasMessageContaining(reason)
                .asInstanceOf(type(RejectedEventException.class))
                .extracting(RejectedEventException::code)
                .isEqualTo("unsupported");
    }

    private static byte[] withFrame(byte[] jpeg, int marker, int bits) {
        byte[] other = jpeg.clone();
        for (int at = 0; at < other.length; at++) {
            if (other[at] == (byte) 0xFF && other[at + 1] == (byte) 0xC0) {
                other[at + 1] = (byte) marker;
                other[at + 4] = (byte) bits;
                return other;
            }
        }
        throw new IllegalArgumentException("no frame");
    }
}
