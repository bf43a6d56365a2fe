package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;

/**
 * Format and size as a file's header states them, before orientation.
 *
 * <p>Reading them costs a few comparisons and takes no memory. ImageIO's readers could tell as much, but cost tens of
 * microseconds, hold caches, and know no WebP; the decoder itself would allocate the pixels first, which is what a
 * decompression bomb wants.
 */
record ImageHeader(ImageFormat format, int width, int height) {
    static ImageHeader read(FileBytes file) throws RejectedEventException {
        ImageFormat format = ImageFormat.of(file);
        ImageHeader header =
                switch (format) {
                    case JPEG -> JpegStructure.header(file);
                    case PNG -> png(file);
                    case GIF -> new ImageHeader(format, file.u16le(6), file.u16le(8));
                    case BMP -> bmp(file);
                    case WEBP -> webp(file);
                };
        if (header.width <= 0 || header.height <= 0) {
            throw FileBytes.corrupt("its header states " + header.width + "×" + header.height
                    + " pixels; both edges must be at least 1 and at most " + Integer.MAX_VALUE);
        }
        return header;
    }

    private static ImageHeader png(FileBytes file) throws RejectedEventException {
        file.require(0, 33);
        if (!file.has(12, "IHDR")) {
            throw FileBytes.corrupt("its first PNG chunk is not IHDR");
        }
        return new ImageHeader(ImageFormat.PNG, (int) file.u32be(16), (int) file.u32be(20));
    }

    private static ImageHeader bmp(FileBytes file) throws RejectedEventException {
        if (file.u32le(14) == 12) { // the OS/2 header, with sizes of 16 bits
            return new ImageHeader(ImageFormat.BMP, file.u16le(18), file.u16le(20));
        }
        int height = file.i32le(22);
        // A negative height means rows from the top.
        return new ImageHeader(ImageFormat.BMP, file.i32le(18), height == Integer.MIN_VALUE ? 0 : Math.abs(height));
    }

    private static ImageHeader webp(FileBytes file) throws RejectedEventException {
        if (file.has(12, "VP8X")) {
            return new ImageHeader(ImageFormat.WEBP, file.u24le(24) + 1, file.u24le(27) + 1);
        }
        if (file.has(12, "VP8L")) {
            int sizes = file.i32le(21); // two fields of 14 bits, each one less than the edge
            return new ImageHeader(ImageFormat.WEBP, (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1);
        }
        if (file.has(12, "VP8 ")) {
            return new ImageHeader(ImageFormat.WEBP, file.u16le(26) & 0x3FFF, file.u16le(28) & 0x3FFF);
        }
        file.require(12, 4);
        throw FileBytes.corrupt("its first WebP chunk is not VP8, VP8L or VP8X");
    }

    /** Rejects an image whose stated size is beyond the limits. */
    void require(ImageLimits limits) throws RejectedEventException {
        if (Math.max(width, height) > limits.maxEdge()) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "edge_too_long",
                    "the image is " + width + "×" + height + " pixels; an edge may have at most " + limits.maxEdge());
        }
        if (pixels() > limits.maxPixels()) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "too_many_pixels",
                    "the image has " + width + "×" + height + " = " + pixels() + " pixels; at most "
                            + limits.maxPixels() + " are allowed");
        }
        if (Math.max(width, height) > (long) limits.maxAspectRatio() * Math.min(width, height)) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "aspect_ratio_too_large",
                    "the image is " + width + "×" + height + " pixels; an edge may be at most "
                            + limits.maxAspectRatio() + " times as long as the other");
        }
    }

    long pixels() {
        return (long) width * height;
    }
}
