package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/**
 * Rejects files that have lost their tail or a part within, which decoders would fill with grey, black or what was in
 * memory. Looks at structure and checksums alone; whatever follows the image's end is ignored.
 */
final class Completeness {
    private Completeness() {}

    static void require(FileBytes file, ImageHeader header, ImageLimits limits) throws RejectedEventException {
        switch (header.format()) {
            case JPEG -> JpegStructure.requireComplete(file, limits);
            case PNG -> PngStructure.requireComplete(file);
            case GIF -> requireGif(file);
            case BMP -> requireBmp(file, header);
            case WEBP -> file.require(8, file.u32le(4));
        }
    }

    /** There is an image, and every block up to the trailer lies within the file. */
    private static void requireGif(FileBytes file) throws RejectedEventException {
        boolean hasImage = false;
        int at = 13 + colourTableBytes(file.u8(10));
        while (true) {
            int block = file.u8(at++);
            if (block == ';') {
                if (!hasImage) {
                    throw FileBytes.corrupt("its trailer comes at byte " + at + ", before any image");
                }
                return;
            } else if (block == '!') {
                at = skipSubBlocks(file, at + 1);
            } else if (block == ',') {
                at = skipSubBlocks(file, at + 9 + colourTableBytes(file.u8(at + 8)) + 1);
                hasImage = true;
            }
        }
    }

    private static int colourTableBytes(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static int skipSubBlocks(FileBytes file, int from) throws RejectedEventException {
        int at = from;
        for (int length = file.u8(at); length > 0; length = file.u8(at)) {
            at += 1 + length;
        }
        return at + 1;
    }

    /** The rows of an uncompressed bitmap lie within the file; of compressed ones the decoder tells. */
    private static void requireBmp(FileBytes file, ImageHeader header) throws RejectedEventException {
        boolean os2 = file.u32le(14) == 12;
        int compression = os2 ? 0 : file.i32le(30);
        if (compression == 0 || compression == 3) {
            int bitsPerPixel = file.u16le(os2 ? 24 : 28);
            long rowBytes = ((long) header.width() * bitsPerPixel + 31) / 32 * 4;
            file.require(file.u32le(10), rowBytes * header.height());
        }
    }
}
