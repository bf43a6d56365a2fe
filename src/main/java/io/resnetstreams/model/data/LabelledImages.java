package io.resnetstreams.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Images of one size in memory, each with its class.
 *
 * @param pixels each image: uint8 H×W×3 RGB
 * @param classes each image's class index
 */
public record LabelledImages(int width, int height, List<byte[]> pixels, int[] classes) {
    /** A split of an IDX data set, with the prefix of its files' names, as in MNIST. */
    enum Split {
        TRAIN("train-"),
        TEST("t10k-");

        private final String prefix;

        Split(String prefix) {
            this.prefix = prefix;
        }
    }

    /** Returns the number of images. */
    public int size() {
        return pixels.size();
    }

    /** Returns up to {@code most} images, spread evenly, since they may be sorted by class; all images for 0. */
    public LabelledImages spread(int most) {
        if (most == 0 || most >= size()) {
            return this;
        }
        List<byte[]> chosen = new ArrayList<>();
        int[] chosenClasses = new int[most];
        for (int i = 0; i < most; i++) {
            int index = (int) ((long) i * size() / most);
            chosen.add(pixels.get(index));
            chosenClasses[i] = classes[index];
        }
        return new LabelledImages(width, height, chosen, chosenClasses);
    }

    /** Returns a CRC-32 over all pixels and classes. */
    public String checksum() {
        CRC32 crc = new CRC32();
        pixels.forEach(crc::update);
        for (int label : classes) {
            crc.update(label);
        }
        return Long.toHexString(crc.getValue());
    }

    /** Returns whether a folder holds an IDX data set. */
    public static boolean isIdx(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(IdxFile::looksLikeImages);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads a split of an IDX data set; grey levels are copied to red, green and blue.
     *
     * @throws IOException if a file is missing or malformed, or the numbers of images and labels differ
     */
    static LabelledImages readIdx(Path folder, Split split) throws IOException {
        Path imagesFile = find(folder, split.prefix + "images-idx3-ubyte");
        Path labelsFile = find(folder, split.prefix + "labels-idx1-ubyte");
        IdxFile.Images images = IdxFile.readImages(imagesFile);
        int[] labels = IdxFile.readLabels(labelsFile);
        if (labels.length != images.size()) {
            throw new IOException(imagesFile + " has " + images.size() + " images, but " + labelsFile + " has "
                    + labels.length + " labels");
        }
        List<byte[]> pixels = IntStream.range(0, images.size())
                .mapToObj(index -> greyToRgb(images.grey(index)))
                .toList();
        return new LabelledImages(images.width(), images.height(), pixels, labels);
    }

    private static Path find(Path folder, String name) throws IOException {
        for (String ending : new String[] {".gz", ""}) {
            Path file = folder.resolve(name + ending);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new IOException(folder + ": has no " + name + " or " + name + ".gz");
    }

    private static byte[] greyToRgb(byte[] grey) {
        byte[] rgb = new byte[grey.length * 3];
        for (int i = 0; i < grey.length; i++) {
            rgb[3 * i] = grey[i];
            rgb[3 * i + 1] = grey[i];
            rgb[3 * i + 2] = grey[i];
        }
        return rgb;
    }
}
