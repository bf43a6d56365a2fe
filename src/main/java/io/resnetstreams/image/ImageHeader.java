package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/**
 * The format and size in a file's header, before the orientation is applied. Reading it takes no memory, whereas a
 * decoder would allocate the pixels, which a decompression bomb exploits.
 */
record ImageHeader(ImageFormat format, int width, int height) {
    static ImageHeader read(FileBytes file) throws RejectedEventException {
        ImageFormat format = ImageFormat.of(file);
        ImageHeader header =
                switch (format) {
                    case JPEG -> JpegStructure.header(file);
                    case PNG -> png(file);
                    case GIF -> GifDecoder.header(file);
                    case BMP -> bmp(file);
                    case WEBP -> WebpStructure.header(file);
                };
        if (header.width <= 0 || header.height <= 0) {
            throw FileBytes.corrupt("its header states " + header.width + "×" + header.height
                    + " pixels; both edges must be at least 1 and at most " + Integer.MAX_VALUE);
        }
        return header;
    }

    private static ImageHeader png(FileBytes file) throws RejectedEventException {
        file.require(0, 33);
        if (file.has(12, "CgBI")) {
            throw FileBytes.unsupported("it is a PNG as Xcode rewrites them for iOS (CgBI), which only Apple's software"
                    + " reads: send the original, or convert it with 'xcrun pngcrush -revert-iphone-optimizations'");
        }
        if (!file.has(12, "IHDR")) {
            throw FileBytes.corrupt("its first PNG chunk is not IHDR");
        }
        return new ImageHeader(ImageFormat.PNG, (int) file.u32be(16), (int) file.u32be(20));
    }

    private static ImageHeader bmp(FileBytes file) throws RejectedEventException {
        if (file.u32le(14) == 12) { // the OS/2 header has 16-bit sizes
            return new ImageHeader(ImageFormat.BMP, file.u16le(18), file.u16le(20));
        }
        int height = Math.abs((int) file.u32le(22)); // negative if the rows start at the top
        return new ImageHeader(ImageFormat.BMP, (int) file.u32le(18), height);
    }

    void require(ImageLimits limits) throws RejectedEventException {
        String size = "the image is " + width + "×" + height;
        if (Math.max(width, height) > limits.maxEdge()) {
            String reason = size + " pixels; an edge may have at most " + limits.maxEdge();
            throw FileBytes.beyondLimits("edge_too_long", reason);
        }
        if (pixels() > limits.maxPixels()) {
            String reason = size + " = " + pixels() + " pixels; at most " + limits.maxPixels() + " are allowed";
            throw FileBytes.beyondLimits("too_many_pixels", reason);
        }
        if (Math.max(width, height) > (long) limits.maxAspectRatio() * Math.min(width, height)) {
            String reason =
                    " pixels; an edge may be at most " + limits.maxAspectRatio() + " times as long as the other";
            throw FileBytes.beyondLimits("aspect_ratio_too_large", size + reason);
        }
    }

    void requireDecoded(Pixels pixels, int reduction) throws RejectedEventException {
        int more = reduction - 1; // scaled decoding rounds up
        if (pixels.width() != (width + more) / reduction || pixels.height() != (height + more) / reduction) {
            throw FileBytes.corrupt("its header states " + width + "×" + height + " pixels, but it was decoded to "
                    + pixels.width() + "×" + pixels.height());
        }
    }

    ImageSize upright(int orientation) {
        return ExifOrientation.isSideways(orientation) ? new ImageSize(height, width) : new ImageSize(width, height);
    }

    long pixels() {
        return (long) width * height;
    }
}
