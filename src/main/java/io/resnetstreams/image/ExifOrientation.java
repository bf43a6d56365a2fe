package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the EXIF orientation of JPEG, PNG and WebP files: 1 to 8, as EXIF numbers them. Where metadata is unreadable the image
 * is taken as upright, since the image itself has been found whole.
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

    /** Returns whether the shown image's left is an end of the stored rows or columns. */
    static boolean isReversedAcross(int orientation) {
        return orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    }

    /** Returns whether the shown image's top is an end of the stored rows or columns. */
    static boolean isReversedDown(int orientation) {
        return orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    }

    static int of(FileBytes file, ImageFormat format) {
        try {
            return switch (format) {
                case JPEG -> inTiff(file, JpegStructure.exifStart(file));
                case PNG -> inTiff(file, PngStructure.exifStart(file));
                case WEBP -> inTiff(file, webpExifStart(file));
                default -> UPRIGHT;
            };
        } catch (RejectedEventException | IndexOutOfBoundsException e) {
            return UPRIGHT;
        }
    }

    private static int webpExifStart(FileBytes file) throws RejectedEventException {
        int start = WebpStructure.find(file, "EXIF");
        return file.has(start, "Exif\0\0") ? start + 6 : start; // some writers repeat the name
    }

    private static int inTiff(FileBytes file, int start) throws RejectedEventException {
        if (start == 0) {
            return UPRIGHT;
        }
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
                // Pillow takes whole numbers of 16 and 32 bits, and the last of several.
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
