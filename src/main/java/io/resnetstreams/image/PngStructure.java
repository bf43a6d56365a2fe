package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/** Walks the chunks of a PNG file (W3C "Portable Network Graphics", section 5) without decoding it. */
final class PngStructure {
    private static final int SIGNATURE_BYTES = 8;
    private static final int CHUNK_OVERHEAD = 12; // length, type, checksum
    private static final int END = 0x49454E44; // "IEND"
    private static final int EXIF = 0x65584966; // "eXIf"

    private PngStructure() {}

    /** Rejects a file with a chunk before IEND that it does not hold whole, or a wrong checksum in a critical one. */
    static void requireComplete(FileBytes file) throws RejectedEventException {
        CRC32 crc = new CRC32();
        int at = SIGNATURE_BYTES;
        int type = 0;
        while (type != END) {
            long length = file.u32be(at);
            file.require(at, CHUNK_OVERHEAD + length);
            int end = at + 8 + (int) length;
            type = (int) file.u32be(at + 4);
            if (isCritical(type)) {
                crc.reset();
                crc.update(file.data(), at + 4, 4 + (int) length);
                if (crc.getValue() != file.u32be(end)) {
                    throw FileBytes.corrupt("the checksum of the PNG chunk at byte " + at + " is "
                            + Long.toHexString(file.u32be(end)) + "; its data give "
                            + Long.toHexString(crc.getValue()));
                }
            }
            at = end + 4;
        }
    }

    /**
     * Returns a complete file without what the still image does not need: animation, on whose damaged chunks OpenCV
     * 4.13 crashes, and texts and profiles, over which libpng writes warnings. The file itself is returned when there
     * is nothing to leave out.
     */
    static byte[] stillImage(FileBytes file) throws RejectedEventException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length());
        kept.write(file.data(), 0, SIGNATURE_BYTES);
        int at = SIGNATURE_BYTES;
        int type = 0;
        while (type != END) {
            int bytes = CHUNK_OVERHEAD + (int) file.u32be(at);
            type = (int) file.u32be(at + 4);
            if (isCritical(type)) {
                kept.write(file.data(), at, bytes);
            }
            at += bytes;
        }
        return kept.size() == file.length() ? file.data() : kept.toByteArray();
    }

    /** Returns where the EXIF data of a complete file begin, 0 if it has none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        int at = SIGNATURE_BYTES;
        int type = (int) file.u32be(at + 4);
        while (type != END && type != EXIF) {
            at += CHUNK_OVERHEAD + (int) file.u32be(at);
            type = (int) file.u32be(at + 4);
        }
        return type == EXIF ? at + 8 : 0;
    }

    /** The type's first letter is then upper case. */
    private static boolean isCritical(int type) {
        return (type & 0x2000_0000) == 0;
    }
}
