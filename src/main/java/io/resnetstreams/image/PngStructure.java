package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.resnetstreams.events.RejectedEventException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.bytedeco.leptonica.global.leptonica;

/** Reads the chunks of a PNG file (W3C "Portable Network Graphics", section 5), and decodes its still image with libpng. */
final class PngStructure {
    private static final int SIGNATURE_BYTES = 8;
    private static final int OVERHEAD = 12; // length, type, checksum
    private static final int INDEXED = 3;

    private PngStructure() {}

    /** Decodes the still image without animation, texts and profiles; the end chunk may be missing. */
    static Pixels decode(FileBytes file) throws RejectedEventException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length());
        kept.write(file.data(), 0, SIGNATURE_BYTES);
        RejectedEventException damage = null;
        try {
            keepStillImage(file, kept);
        } catch (RejectedEventException e) {
            damage = e;
        }
        writeChunk(kept, "IEND", new byte[0]);
        try {
            return Leptonica.read(kept.toByteArray(), leptonica::pixReadMemPng);
        } catch (RejectedEventException e) {
            throw damage == null ? e : damage;
        }
    }

    /** Copies the critical chunks up to the end, or to the first chunk that is truncated or has a wrong checksum. */
    private static void keepStillImage(FileBytes file, ByteArrayOutputStream kept) throws RejectedEventException {
        byte[] palette = file.u8(25) == INDEXED ? new byte[3 << Math.min(8, file.u8(24))] : null;
        for (int i = 0; palette != null && i < palette.length; i++) {
            palette[i] = (byte) (i / 3); // missing colours are grey, as in Pillow; libpng would fail
        }
        long bytes;
        for (int at = SIGNATURE_BYTES; !file.has(at + 4, "IEND"); at += (int) bytes) {
            bytes = OVERHEAD + file.u32be(at);
            file.require(at, bytes);
            if ((file.u8(at + 4) & 0x20) != 0) {
                continue; // a lower-case first letter marks an ancillary chunk
            }
            long stated = file.u32be(at + (int) bytes - 4);
            long found = checksum(file.data(), at + 4, (int) bytes - 8);
            if (found != stated) {
                throw FileBytes.corrupt("the checksum of the PNG chunk at byte " + at + " is "
                        + Long.toHexString(stated) + "; its data give " + Long.toHexString(found));
            }
            boolean isPalette = file.has(at + 4, "PLTE");
            if (palette != null && isPalette) {
                System.arraycopy(file.data(), at + 8, palette, 0, Math.min(palette.length, (int) bytes - OVERHEAD));
            } else if (palette != null && file.has(at + 4, "IDAT")) {
                writeChunk(kept, "PLTE", palette);
                palette = null;
            }
            kept.write(file.data(), at, isPalette ? 0 : (int) bytes);
        }
    }

    private static void writeChunk(ByteArrayOutputStream kept, String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(OVERHEAD + content.length);
        chunk.putInt(content.length).put(type.getBytes(US_ASCII)).put(content);
        chunk.putInt((int) checksum(chunk.array(), 4, 4 + content.length));
        kept.writeBytes(chunk.array());
    }

    private static long checksum(byte[] data, int from, int count) {
        CRC32 crc = new CRC32();
        crc.update(data, from, count);
        return crc.getValue();
    }

    /** Returns the offset of the EXIF data, 0 if there are none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        long bytes;
        for (int at = SIGNATURE_BYTES; !file.has(at + 4, "IEND"); at += (int) bytes) {
            bytes = OVERHEAD + file.u32be(at);
            file.require(at, bytes);
            if (file.has(at + 4, "eXIf")) {
                return at + 8;
            }
        }
        return 0;
    }
}
