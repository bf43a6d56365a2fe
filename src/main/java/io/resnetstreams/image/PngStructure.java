package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import org.bytedeco.leptonica.global.leptonica;

/** Walks the chunks of a PNG file (W3C "Portable Network Graphics", section 5), and has libpng decode its still image. */
final class PngStructure {
    private static final int SIGNATURE_BYTES = 8;
    private static final int CHUNK_OVERHEAD = 12; // length, type, checksum
    private static final int END = 0x49454E44; // "IEND"
    private static final int EXIF = 0x65584966; // "eXIf"

    private PngStructure() {}

    static Pixels decode(FileBytes file) throws RejectedEventException {
        return Leptonica.read(stillImage(file), leptonica::pixReadMemPng);
    }

    /**
     * Returns the file without what the still image does not need: animation, transparency of a colour, texts and profiles.
     * Rejects a file with a chunk before IEND that it does not hold whole, or a wrong checksum in a critical one.
     */
    private static byte[] stillImage(FileBytes file) throws RejectedEventException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length());
        kept.write(file.data(), 0, SIGNATURE_BYTES);
        CRC32 crc = new CRC32();
        int type = 0;
        for (int at = SIGNATURE_BYTES; type != END; ) {
            long bytes = CHUNK_OVERHEAD + file.u32be(at);
            file.require(at, bytes);
            type = (int) file.u32be(at + 4);
            if ((type & 0x2000_0000) == 0) { // its first letter is upper case: it is critical
                kept.write(file.data(), at, (int) bytes);
                crc.reset();
                crc.update(file.data(), at + 4, (int) bytes - 8);
                long stated = file.u32be(at + (int) bytes - 4);
                if (crc.getValue() != stated) {
                    throw FileBytes.corrupt("the checksum of the PNG chunk at byte " + at + " is "
                            + Long.toHexString(stated) + "; its data give " + Long.toHexString(crc.getValue()));
                }
            }
            at += (int) bytes;
        }
        return kept.toByteArray();
    }

    /** Returns where the EXIF data begin, 0 if there are none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        int type = 0;
        for (int at = SIGNATURE_BYTES; type != END; ) {
            long bytes = CHUNK_OVERHEAD + file.u32be(at);
            file.require(at, bytes);
            type = (int) file.u32be(at + 4);
            if (type == EXIF) {
                return at + 8;
            }
            at += (int) bytes;
        }
        return 0;
    }
}
