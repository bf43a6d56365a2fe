package io.resnetstreams.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Images of one size in memory, each uint8 H×W×3 RGB, and the class index of each. */
public record LabelledImages(int width, int height, List<byte[]> pixels, int[] classes) {
    /** The splits of an IDX data set, by the prefix of their files' names, as in MNIST. */
    static final String TRAIN = "train-";

    static final String TEST = "t10k-";

    public int size() {
        return pixels.size();
    }

    /** Returns up to {@code most} images, spread evenly, since they may be sorted by class; all images for 0. */
    public LabelledImages spread(int most) {
        if (most == 0 || most >= size()) {
            return this;
        }
        List<byte[]> chosen = spread(size(), most).mapToObj(pixels::get).toList();
        return new LabelledImages(
                width,
                height,
                chosen,
                spread(size(), most).map(index -> classes[index]).toArray());
    }

    /** Returns {@code count} of {@code size} indexes, spread evenly. */
    public static IntStream spread(int size, int count) {
        return IntStream.range(0, count).map(i -> (int) ((long) i * size / count));
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

    /** Reads a split of an IDX data set; grey levels are copied to red, green and blue. */
    static LabelledImages readIdx(Path folder, String split) throws IOException {
        Path imagesFile = find(folder, split + "images-idx3-ubyte");
        Path labelsFile = find(folder, split + "labels-idx1-ubyte");
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
        return Stream.of(folder.resolve(name + ".gz"), folder.resolve(name))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IOException(folder + ": has no " + name + " or " + name + ".gz"));
    }

    private static byte[] greyToRgb(byte[] grey) {
        byte[] rgb = new byte[grey.length * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = grey[i / 3];
        }
        return rgb;
    }
}
