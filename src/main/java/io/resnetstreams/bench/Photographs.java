package io.resnetstreams.bench;

import io.resnetstreams.report.Charts;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** JPEG photographs from a directory, or generated ones with typical sizes and detail. */
final class Photographs {
    private static final int[][] SIZES = {{500, 375}, {375, 500}, {500, 333}, {640, 480}, {500, 375}, {1024, 768}};
    private static final int GENERATED = 48;
    private static final float DEFAULT_QUALITY = 0.75f;

    private Photographs() {}

    /** Returns the content of the files in a directory, which must have some, or of generated files if it is null. */
    static List<byte[]> read(Path folder) throws IOException {
        if (folder == null) {
            List<byte[]> made = new ArrayList<>();
            for (int i = 0; i < GENERATED; i++) {
                int[] size = SIZES[i % SIZES.length];
                made.add(made(size[0], size[1], i));
            }
            return made;
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("images: there is no directory " + folder);
        }
        List<byte[]> read = read(folder, 1, ".jpg", ".jpeg");
        if (read.isEmpty()) {
            throw new IllegalArgumentException("images: there is no .jpg or .jpeg file in " + folder);
        }
        return read;
    }

    static List<byte[]> samples(Path model) throws IOException {
        return read(model.resolve("samples"), Integer.MAX_VALUE, ".png");
    }

    private static List<byte[]> read(Path folder, int depth, String... endings) throws IOException {
        List<byte[]> read = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder, depth)) {
            for (Path file : files.sorted().toList()) {
                String name = file.toString().toLowerCase(Locale.ROOT);
                if (Stream.of(endings).anyMatch(name::endsWith)) {
                    read.add(Files.readAllBytes(file));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return read;
    }

    /** Returns a JPEG with random gradients, shapes and noise. */
    static byte[] made(int width, int height, long seed) throws IOException {
        return made(width, height, seed, DEFAULT_QUALITY);
    }

    /** Returns a JPEG with a quality between 0 and 1, which determines the bytes per pixel. */
    static byte[] made(int width, int height, long seed, float quality) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, colour(random), width, height, colour(random)));
        graphics.fillRect(0, 0, width, height);
        for (int i = 0; i < 60; i++) {
            graphics.setColor(colour(random));
            graphics.fillOval(
                    random.nextInt(width),
                    random.nextInt(height),
                    1 + random.nextInt(width / 4),
                    1 + random.nextInt(90));
        }
        graphics.dispose();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = random.nextInt(24);
                image.setRGB(x, y, image.getRGB(x, y) ^ (noise << 16 | noise << 8 | noise));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Charts.write(image, "jpg", quality, bytes);
        return bytes.toByteArray();
    }

    private static Color colour(SplittableRandom random) {
        return new Color(random.nextInt(1 << 24));
    }
}
