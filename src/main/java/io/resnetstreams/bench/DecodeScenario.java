package io.resnetstreams.bench;

import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.Preprocessing;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Decoding JPEGs to 224×224 pixels on one core, compared with ImageIO, for typical and 12-megapixel photographs. */
final class DecodeScenario {
    private static final int SHORT_EDGE = 256;
    private static final int SIDE = 224;

    private DecodeScenario() {}

    @FunctionalInterface
    private interface Decoder {
        byte[] decode(byte[] file) throws Exception;
    }

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        ImageIO.setUseCache(false);
        ImagePreprocessor preprocessor = BenchSettings.preprocessor(new Preprocessing(SHORT_EDGE, SIDE, SIDE));
        List<byte[]> typical = Photographs.read(settings.images());
        List<byte[]> large = List.of(Photographs.made(4_000, 3_000, 1), Photographs.made(3_000, 4_000, 2));
        Map<String, Double> medians = settings.newRounds()
                .add("here", () -> rate(typical, preprocessor::toPixels, settings.seconds()))
                .add("imageIo", () -> rate(typical, DecodeScenario::imageIo, settings.seconds()))
                .add("here12", () -> rate(large, preprocessor::toPixels, settings.seconds()))
                .add("imageIo12", () -> rate(large, DecodeScenario::imageIo, settings.seconds()))
                .medians();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("imagesPerSecond", medians.get("here"));
        figures.put("imagesPerSecond12", medians.get("here12"));
        figures.put("toImageIo", medians.get("here") / medians.get("imageIo"));
        figures.put("toImageIo12", medians.get("here12") / medians.get("imageIo12"));
        return figures;
    }

    private static double rate(List<byte[]> files, Decoder decoder, int seconds) throws Exception {
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        long images = 0;
        while (System.nanoTime() < end) {
            decoder.decode(files.get((int) (images % files.size())));
            images++;
        }
        return images * 1e9 / (System.nanoTime() - start);
    }

    /** The usual implementation: decode the whole image, scale it with bilinear filtering, and crop it. */
    private static byte[] imageIo(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
        double scale = (double) SHORT_EDGE / Math.min(image.getWidth(), image.getHeight());
        int width = (int) Math.round(image.getWidth() * scale);
        int height = (int) Math.round(image.getHeight() * scale);
        BufferedImage crop = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = crop.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height, null);
        graphics.dispose();
        byte[] pixels = new byte[SIDE * SIDE * 3];
        int at = 0;
        for (int rgb : crop.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE)) {
            pixels[at++] = (byte) (rgb >> 16);
            pixels[at++] = (byte) (rgb >> 8);
            pixels[at++] = (byte) rgb;
        }
        return pixels;
    }
}
