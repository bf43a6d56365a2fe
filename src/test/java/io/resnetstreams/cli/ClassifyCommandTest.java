package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.Png;
import io.resnetstreams.image.DecodedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code classify} with the bundled model. */
class ClassifyCommandTest {
    @TempDir
    private Path folder;

    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(realOut);
    }

    private int classify(Object... arguments) {
        List<String> words = new ArrayList<>(List.of("classify", "--set", "batch.calibrate=false"));
        Arrays.stream(arguments).map(Object::toString).forEach(words::add);
        return Main.commandLine().execute(words.toArray(String[]::new));
    }

    private List<JsonNode> lines() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out.toString(UTF_8).lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private Path file(String name, byte[] content) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private static byte[] png(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7);
        }
        return Png.encodeRgb(rgb, width, height);
    }

    @Test
    void labelsAndDeadLettersAreReportedAndOnlyLabelsHavePixels() throws Exception {
        Path good = file("a/image.png", png(40, 20));
        Path sameName = file("b/image.png", png(28, 28));
        Path cut = file("cut.png", Arrays.copyOf(png(40, 20), 200));
        Path text = file("text.png", "no image".getBytes(UTF_8));
        Path elongated = file("elongated.png", png(303, 3));
        Path pixels = folder.resolve("pixels");
        assertThat(classify("--json", "--pixels", pixels, good, cut, sameName, text, elongated))
                .isEqualTo(1);
        List<JsonNode> lines = lines();
        assertThat(lines).hasSize(5);
        assertLabel(lines.get(0), good, 40, 20);
        assertDeadLetter(lines.get(1), cut, "decode", "truncated");
        assertThat(lines.get(1).get("width").asInt()).isEqualTo(40);
        assertLabel(lines.get(2), sameName, 28, 28);
        assertDeadLetter(lines.get(3), text, "decode", "unknown_format");
        assertThat(lines.get(3).has("width")).isFalse();
        assertDeadLetter(lines.get(4), elongated, "limits", "aspect_ratio_too_large");
        assertThat(lines.get(4).get("width").asInt()).isEqualTo(303);
        try (Stream<Path> files = Files.list(pixels)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("0000-image.png.png", "0002-image.png.png");
        }
        // This image has the network's size, so its pixels are unchanged.
        DecodedImage seen = DecodedImage.of(Files.readAllBytes(pixels.resolve("0002-image.png.png")));
        assertThat(seen.rgb()).isEqualTo(DecodedImage.of(png(28, 28)).rgb());
    }

    private static void assertLabel(JsonNode line, Path file, int width, int height) {
        assertThat(line.get("file").asText()).isEqualTo(file.toString());
        assertThat(line.get("outcome").asText()).isEqualTo("label");
        assertThat(line.get("width").asInt()).isEqualTo(width);
        assertThat(line.get("height").asInt()).isEqualTo(height);
        assertThat(line.get("labels")).isNotEmpty();
        assertThat(line.get("labels").get(0).get("probability").asDouble()).isBetween(0.0, 1.0);
        assertThat(line.has("code")).isFalse();
    }

    private static void assertDeadLetter(JsonNode line, Path file, String stage, String code) {
        assertThat(line.get("file").asText()).isEqualTo(file.toString());
        assertThat(line.get("outcome").asText()).isEqualTo("deadLetter");
        assertThat(line.get("stage").asText()).isEqualTo(stage);
        assertThat(line.get("code").asText()).isEqualTo(code);
        assertThat(line.get("reason").asText()).isNotBlank();
        assertThat(line.has("labels")).isFalse();
    }

    @Test
    void whereAllGetLabelsTheExitCodeIsZero() throws Exception {
        assertThat(classify("--json", file("image.png", png(5, 5)))).isZero();
        assertThat(lines()).hasSize(1);
    }

    @Test
    void foldersListsAndStandardInputAreAccepted() throws Exception {
        Path first = file("photos/b/1.png", png(5, 5));
        Path second = file("photos/a/2.PNG", png(6, 6));
        file("photos/a/notes.txt", new byte[3]);
        Path listed = file("listed.png", png(7, 7));
        Path list = file("list.txt", ("\ufeff" + listed + "\n\n").getBytes(UTF_8));
        InputStream realIn = System.in;
        System.setIn(new ByteArrayInputStream(png(8, 8)));
        try {
            assertThat(classify("--json", folder.resolve("photos"), "-", "--files-from", list))
                    .isZero();
        } finally {
            System.setIn(realIn);
        }
        assertThat(lines().stream().map(line -> line.get("file").asText()))
                .containsExactly(second.toString(), first.toString(), "-", listed.toString());
        assertThat(lines().stream().map(line -> line.get("width").asInt())).containsExactly(6, 5, 8, 7);
    }

    @Test
    void nothingToClassifyIsAMistake() {
        assertThat(classify("--json")).isEqualTo(2);
        assertThat(classify("--json", "-", "-")).isEqualTo(2);
        assertThat(classify("--json", "--files-from", folder.resolve("none"))).isEqualTo(2);
        assertThat(classify("--json", folder.resolve("none.png"))).isEqualTo(2);
    }

    @Test
    void theModelAndItsClassesArePrintedOnce() throws Exception {
        assertThat(classify(file("a.png", png(5, 5)), file("b.png", png(5, 5)))).isZero();
        assertThat(out.toString(UTF_8).lines().filter(line -> line.startsWith("model ")))
                .containsExactly("model resnet20-fashion-mnist (resnet20, 28×28) with 10 classes: T-shirt/top, Trouser,"
                        + " Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot");
    }

    @Test
    void onlyALargeColourImageCausesAWarning() throws Exception {
        byte[] colours = new byte[3 * 400 * 300];
        byte[] grey = new byte[3 * 400 * 300];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) (i / 3 * 7);
            colours[i] = (byte) (i % 3 == 0 ? 200 : 40);
        }
        assertThat(classify(
                        file("colours.png", Png.encodeRgb(colours, 400, 300)),
                        file("grey.png", Png.encodeRgb(grey, 400, 300)),
                        file("small.png", Png.encodeRgb(Arrays.copyOf(colours, 3 * 32 * 32), 32, 32))))
                .isZero();
        assertThat(out.toString(UTF_8).lines().filter(line -> line.startsWith("  warning: ")))
                .singleElement()
                .asString()
                .contains("400×300 in colour", "28×28", "one of the 10 classes");
    }

    @Test
    void aUriIsFetchedIfItIsAllowed() throws Exception {
        Path image = file("a/shoe 1.png", TestCluster.sampleImage());
        String uri = image.toUri().toString();
        assertThat(classify(uri, "--json", "--set", "references.file.roots=" + folder))
                .isZero();
        assertThat(lines().get(0).get("file").asText()).isEqualTo(uri);
        assertThat(lines().get(0).get("outcome").asText()).isEqualTo("label");
        assertThat(lines().get(0).has("width")).isFalse();
    }

    @Test
    void otherUrisAreDeadLetters() throws Exception {
        assertThat(classify(
                        "file:///etc/passwd",
                        "https://example.com/a.png",
                        "--json",
                        "--set",
                        "references.file.roots=" + folder))
                .isEqualTo(1);
        assertThat(lines()).extracting(line -> line.get("stage").asText()).containsOnly("fetch");
        assertThat(lines())
                .extracting(line -> line.get("code").asText())
                .containsExactly("path_not_allowed", "scheme_not_allowed");
        assertThat(lines().get(1).get("reason").asText()).contains("set references.http.hosts");
    }

    @Test
    void pixelsAreOnlyWrittenOfFiles() {
        assertThat(classify("https://example.com/a.png", "--pixels", folder)).isEqualTo(2);
    }
}
