package io.resnetstreams.model;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes IDX files for tests, whose header need not match the data. */
public final class TestIdx {
    private TestIdx() {}

    public static byte[] bytes(byte[] data, int... header) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (int word : header) {
                out.writeInt(word);
            }
            out.write(data);
        }
        return bytes.toByteArray();
    }

    public static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    /** Writes the test split of a data set of images of 2×2 pixels; all pixels of an image have its grey. */
    public static void writeTestSplit(Path folder, int[] greys, int[] classes) throws IOException {
        byte[] pixels = new byte[greys.length * 4];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) greys[i / 4];
        }
        byte[] labels = new byte[classes.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) classes[i];
        }
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), bytes(pixels, 0x0803, greys.length, 2, 2));
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), bytes(labels, 0x0801, classes.length));
    }
}
