package io.resnetstreams.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.resnetstreams.common.Png;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbered events: small images of one colour, whose red value determines the class. Some are guilty: a misbehaving
 * classifier recognises them by their blue value. Some are not images.
 */
final class TestEvents implements EventSupply {
    static final int EDGE = 8;
    static final int CLASSES = 16;

    private static final int NO_IMAGE_EACH = 50;
    private static final int GUILTY_EACH = 97;
    private static final byte GUILTY = (byte) 255;

    private final boolean guiltyIsRejected;
    private final byte[][] images;
    private final byte[][] guiltyImages;

    TestEvents(Behaviour behaviour) {
        this.guiltyIsRejected = behaviour.rejectsGuilty();
        this.images = images((byte) 0);
        this.guiltyImages = images(GUILTY);
    }

    private static byte[][] images(byte blue) {
        return IntStream.range(0, 256).mapToObj(red -> image(red, blue)).toArray(byte[][]::new);
    }

    private static byte[] image(int red, byte blue) {
        byte[] pixels = new byte[EDGE * EDGE * 3];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) red;
            pixels[i + 2] = blue;
        }
        return Png.encodeRgb(pixels, EDGE, EDGE);
    }

    /** Returns the class of decoded pixels. */
    static int classOf(byte[] pixels) {
        return (pixels[0] & 0xFF) % CLASSES;
    }

    static boolean isGuilty(byte[] pixels) {
        return pixels[2] == GUILTY;
    }

    /** Returns the labels of the classes. */
    static List<String> labels() {
        return IntStream.range(0, CLASSES).mapToObj(number -> "class-" + number).toList();
    }

    @Override
    public Event event(int number) {
        String id = "event-" + number;
        if (isNoImage(number)) {
            return new Event(id, ("no image " + number).getBytes(UTF_8));
        }
        return new Event(id, (isGuilty(number) ? guiltyImages : images)[red(number)]);
    }

    @Override
    public void writeExpected(Path file, int events) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int number = 0; number < events; number++) {
                boolean dead = isNoImage(number) || guiltyIsRejected && isGuilty(number);
                writer.write("event-" + number + "\t" + (dead ? "" : labels().get(red(number) % CLASSES)) + "\n");
            }
        }
    }

    private static boolean isNoImage(int number) {
        return number % NO_IMAGE_EACH == 0;
    }

    private static boolean isGuilty(int number) {
        return number % GUILTY_EACH == 1;
    }

    /** Adjacent events on a partition have different classes. */
    private static int red(int number) {
        return Math.floorMod(Arrays.hashCode(new int[] {number, number >>> 4}) * 31, 256);
    }
}
