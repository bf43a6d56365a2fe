package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/** Finds the EXIF orientation of a WebP file, which OpenCV, unlike those of JPEG and PNG, does not apply. */
final class WebpOrientation {
    static final int UPRIGHT = 1;
    private static final int ORIENTATION_TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;

    private WebpOrientation() {}

    /** Returns 1 to 8 as EXIF numbers them; upright where nothing readable says otherwise. */
    static int of(FileBytes file) {
        try {
            long end = 8 + file.u32le(4);
            long next;
            for (int at = 12; at + 8 <= end; at = (int) next) {
                long length = file.u32le(at + 4);
                file.require(at + 8, length);
                if (file.has(at, "EXIF")) {
                    return inTiff(file, file.has(at + 8, "Exif\0\0") ? at + 14 : at + 8);
                }
                next = at + 8 + length + (length & 1); // chunks are padded to even lengths
            }
            return UPRIGHT;
        } catch (RejectedEventException e) {
            return UPRIGHT; // the image itself is whole; only its metadata is not
        }
    }

    private static int inTiff(FileBytes file, int start) throws RejectedEventException {
        boolean bigEndian = file.has(start, "MM");
        long directory = start + u32(file, start + 4, bigEndian);
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

    private static long u32(FileBytes file, int at, boolean bigEndian) throws RejectedEventException {
        return bigEndian ? file.u32be(at) : file.u32le(at);
    }
}
