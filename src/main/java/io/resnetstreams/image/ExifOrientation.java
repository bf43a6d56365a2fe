package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds the EXIF orientation of JPEG, PNG and WebP files, 1 to 8; upright if the metadata is unreadable. */
final class ExifOrientation {
    static final int UPRIGHT = 1;
    private static final int ORIENTATION_TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;

    private ExifOrientation() {}

    /** Returns whether this orientation swaps rows and columns. */
    static boolean isSideways(int orientation) {
        return orientation >= 5;
    }

    /** Returns whether the left edge of the upright image is the end of the stored rows or columns. */
    static boolean isReversedAcross(int orientation) {
        return "2367".indexOf('0' + orientation) >= 0;
    }

    /** Returns whether the top edge of the upright image is the end of the stored rows or columns. */
    static boolean isReversedDown(int orientation) {
        return "3478".indexOf('0' + orientation) >= 0;
    }

    static int of(FileBytes file, ImageFormat format) {
        try {
            int start =
                    switch (format) {
                        case JPEG -> JpegStructure.exifStart(file);
                        case PNG -> PngStructure.exifStart(file);
                        case WEBP -> WebpStructure.find(file, "EXIF");
                        default -> 0;
                    };
            // Some software writes the name twice.
            return inTiff(file, file.has(start, JpegStructure.EXIF) ? start + JpegStructure.EXIF.length() : start);
        } catch (RejectedEventException | IndexOutOfBoundsException e) {
            return UPRIGHT;
        }
    }

    /** As in Pillow, integers of 16 and 32 bits are accepted, and the last of several entries counts. */
    private static int inTiff(FileBytes file, int start) {
        boolean bigEndian = file.has(start, "MM\0*");
        if (!bigEndian && !file.has(start, "II*\0")) {
            return UPRIGHT;
        }
        ByteBuffer tiff = ByteBuffer.wrap(file.data()).position(start).slice();
        tiff.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int orientation = UPRIGHT;
        int at = tiff.getInt(4) + 2;
        for (int entries = tiff.getShort(at - 2) & 0xFFFF; entries > 0; entries--, at += ENTRY_BYTES) {
            if (tiff.getShort(at) == ORIENTATION_TAG && tiff.getInt(at + 4) > 0) {
                orientation = switch (tiff.getShort(at + 2)) {
                    case 3, 8 -> tiff.getShort(at + 8);
                    case 4, 9 -> tiff.getInt(at + 8);
                    default -> UPRIGHT;
                };
            }
        }
        return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
    }
}
