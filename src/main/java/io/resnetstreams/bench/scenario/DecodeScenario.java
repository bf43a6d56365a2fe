package io.resnetstreams.bench.scenario;

import io.resnetstreams.bench.BenchSettings;
import io.resnetstreams.bench.Photographs;
import io.resnetstreams.bench.Rounds;
import io.resnetstreams.bench.Scenario;
import io.resnetstreams.config.ConfigurationLoader;
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

/** One core: from a JPEG to the 224×224 crop, against ImageIO and Graphics2D; usual photographs, and 12 megapixels. */
final class DecodeScenario implements Scenario {
    private static final int SHORT_EDGE = 256;
    private static final int SIDE = 224;

    /** Decodes one image. */
    @FunctionalInterface
    private interface Decoder {
        byte[] decode(byte[] file) throws Exception;
    }

    @Override
    public Map<String, Object> run(BenchSettings settings) throws Exception {
        ImageIO.setUseCache(false);
        ImagePreprocessor preprocessor = new ImagePreprocessor(
                new ConfigurationLoader().load().limits().image(), new Preprocessing(SHORT_EDGE, SIDE, SIDE));
        List<byte[]> usual = Photographs.read(settings.images());
        List<byte[]> large = List.of(Photographs.made(4_000, 3_000, 1), Photographs.made(3_000, 4_000, 2));
        Map<String, Double> medians = new Rounds(settings.rounds())
                .add("here", () -> rate(usual, preprocessor::toPixels, settings.seconds()))
                .add("imageIo", () -> rate(usual, DecodeScenario::imageIo, settings.seconds()))
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

    /** What is usually written: decode whole, scale with bilinear filtering, crop, take the bytes. */
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
