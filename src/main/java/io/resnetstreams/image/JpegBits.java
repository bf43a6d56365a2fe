package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a JPEG's entropy-coded data (ITU-T T.81, annex F.2.2.5): FF 00 is a byte of data, and at a marker the data
 * end, behind which zeros are read until someone asks whether there was enough.
 */
final class JpegBits {
    private static final VarHandle FOUR_BYTES = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int LOW_BITS = 0x0101_0101;
    private static final int HIGH_BITS = 0x8080_8080;

    private final FileBytes file;
    private final byte[] data;
    private int position;
    private long buffer; // its low bits, as many as count says
    private int count;
    private int padding; // of these bits, how many lie behind the data's end
    private boolean atMarker;

    JpegBits(FileBytes file, int position) {
        this.file = file;
        this.data = file.data();
        this.position = position;
    }

    /** Returns a place behind what was read and not behind the next marker. */
    int position() {
        return position;
    }

    /** Returns whether a whole byte of the data before the next marker is ready and was not taken. */
    boolean hasWholeByte() {
        return count - padding >= Byte.SIZE;
    }

    /** Begins anew behind the marker of a restart. */
    void restart(int from) {
        position = from;
        count = 0;
        padding = 0;
        atMarker = false;
    }

    /** Makes at least 32 bits ready: where the next four bytes hold no FF, and so no marker, all at once. */
    void fill() throws RejectedEventException {
        if (!atMarker && count <= Integer.SIZE && position + Integer.BYTES <= data.length) {
            int next = (int) FOUR_BYTES.get(data, position);
            if ((~next - LOW_BITS & next & HIGH_BITS) == 0) {
                buffer = buffer << Integer.SIZE | next & 0xFFFF_FFFFL;
                count += Integer.SIZE;
                position += Integer.BYTES;
                return;
            }
        }
        while (count <= Long.SIZE - Byte.SIZE) {
            buffer = buffer << Byte.SIZE | nextByte();
            count += Byte.SIZE;
        }
    }

    private int nextByte() throws RejectedEventException {
        if (!atMarker) {
            int value = file.u8(position);
            if (value != 0xFF) {
                position++;
                return value;
            }
            int next = position + 1;
            while (file.u8(next) == 0xFF) {
                next++; // fill bytes
            }
            if (data[next] == 0) {
                position = next + 1;
                return value;
            }
            position = next - 1;
            atMarker = true;
        }
        padding += Byte.SIZE;
        return 0;
    }

    /** Returns whether 32 bits are ready: a Huffman code and the number behind it. */
    boolean hasEnough() {
        return count >= Integer.SIZE;
    }

    /** Returns the next bits without taking them; they must be ready. */
    int peek(int bits) {
        return (int) (buffer >>> count - bits) & (1 << bits) - 1;
    }

    void skip(int bits) {
        count -= bits;
    }

    /** Returns the next bits, at most 16. */
    int take(int bits) throws RejectedEventException {
        if (!hasEnough()) {
            fill();
        }
        int value = peek(bits);
        count -= bits;
        return value;
    }

    /**
     * Takes the coefficients of a block of a sequential scan, all but the first. Most of a file's codes pass here, so it
     * works on copies of the fields, which stay in registers.
     */
    void takeBlock(HuffmanTable table) throws RejectedEventException {
        long window = buffer;
        int ready = count;
        for (int k = 1; k < 64; k++) {
            if (ready < Integer.SIZE) {
                count = ready;
                fill();
                window = buffer;
                ready = count;
            }
            int entry = table.shortCode((int) (window >>> ready - HuffmanTable.LOOKUP_BITS));
            if (entry == 0) {
                count = ready;
                entry = table.decodeLong(this);
                ready = count;
            } else {
                ready -= entry >> Byte.SIZE;
            }
            int size = entry & 15;
            int run = entry >> 4 & 15;
            if (size == 0 && run != JpegScan.ZERO_RUN) {
                break;
            }
            k += run;
            ready -= size;
        }
        count = ready;
    }

    /** Rejects a file whose data have ended before what was taken. */
    void requireEnough() throws RejectedEventException {
        if (count < padding) {
            throw FileBytes.truncated("its image data ends at byte " + position + ", before the image is complete");
        }
    }
}
