package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/**
 * Finds the EXIF orientation of JPEG, PNG and WebP files. OpenCV 4.13 reads it too, but overlooks that of WebP files
 * whose chunk repeats "Exif" before its data; so its turning is off for all formats.
 *
 * <p>An orientation is 1 to 8, as EXIF numbers them. Where metadata is unreadable the image is taken as upright, since
 * the image itself has been found whole.
 */
final class ExifOrientation {
    static final int UPRIGHT = 1;

    private static final int ORIENTATION_TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;

    private ExifOrientation() {}

    /** Returns whether turning by it makes rows of columns. */
    static boolean isSideways(int orientation) {
        return orientation >= 5;
    }

    static int of(FileBytes file, ImageFormat format) {
        try {
            return switch (format) {
                case JPEG -> inTiff(file, JpegStructure.exifStart(file));
                case PNG -> inTiff(file, PngStructure.exifStart(file));
                case WEBP -> inTiff(file, webpExifStart(file));
                default -> UPRIGHT;
            };
        } catch (RejectedEventException e) {
            return UPRIGHT;
        }
    }

    /** Returns where the EXIF data of a WebP file begins, 0 if it has none. */
    private static int webpExifStart(FileBytes file) throws RejectedEventException {
        long end = 8 + file.u32le(4);
        long next;
        for (int at = 12; at + 8 <= end; at = (int) next) {
            long length = file.u32le(at + 4);
            file.require(at + 8, length);
            if (file.has(at, "EXIF")) {
                return file.has(at + 8, "Exif\0\0") ? at + 14 : at + 8;
            }
            next = at + 8 + length + (length & 1); // chunks are padded to even lengths
        }
        return 0;
    }

    private static int inTiff(FileBytes file, int start) throws RejectedEventException {
        if (start == 0) {
            return UPRIGHT;
        }
        boolean bigEndian = file.has(start, "MM");
        long directory = start + (bigEndian ? file.u32be(start + 4) : file.u32le(start + 4));
        file.require(directory, 2);
        int at = (int) directory + 2;
        int entries = u16(file, at - 2, bigEndian);
        for (int i = 0; i < entries; i++, at += ENTRY_BYTES) {
            if (u16(file, at, bigEndian) == ORIENTATION_TAG) {
                int orientation = u16(file, at + 8, bigEndian);
                return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private static int u16(FileBytes file, int at, boolean bigEndian) throws RejectedEventException {
        return bigEndian ? file.u16be(at) : file.u16le(at);
    }
}
