import io.resnetstreams.bench.FormulaModel;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Writes what check.sh classifies: ResNet-50 with weights from a formula, in fp32 and fp16, and images with random patterns. */
final class WriteInputs {
    private static final int CLASSES = 1_000;
    private static final int IMAGES = 64;

    private WriteInputs() {}

    /** Writes into the folder that the argument names. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        ModelDirectory model = FormulaModel.write(folder.resolve("resnet50"), "resnet50", CLASSES);
        ModelQuantization.write(
                model, Precision.FP16, EngineName.ONNXRUNTIME, List.of(), "fp16", null, folder.resolve("resnet50-fp16"));
        ModelQuantization.write(
                ModelDirectory.load(Path.of(arguments[1])),
                Precision.FP16,
                EngineName.ONNXRUNTIME,
                List.of(),
                "fp16",
                null,
                folder.resolve("resnet20-fp16"));
        Path images = Files.createDirectories(folder.resolve("images"));
        Random random = new Random(1);
        for (int image = 0; image < IMAGES; image++) {
            ImageIO.write(
                    pattern(random), "jpg", images.resolve("%02d.jpg".formatted(image)).toFile());
        }
    }

    /** Returns waves of different lengths and directions in each colour, so that the images differ in all scales. */
    private static BufferedImage pattern(Random random) {
        BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
        double[] waves = random.doubles(9, 0.01, 0.5).toArray();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int pixel = 0;
                for (int colour = 0; colour < 3; colour++) {
                    double wave = Math.sin(waves[3 * colour] * x + waves[3 * colour + 1] * y)
                            + Math.sin(waves[3 * colour + 2] * x);
                    pixel = pixel << 8 | (int) (127.5 + 63 * wave);
                }
                image.setRGB(x, y, pixel);
            }
        }
        return image;
    }
}
