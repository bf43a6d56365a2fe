package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/** A Huffman table of a JPEG (ITU-T T.81, annex C), with a look-up of the short codes. */
final class HuffmanTable {
    private static final int LONGEST_CODE = 16;
    static final int LOOKUP_BITS = 9;

    private final byte[] symbols;
    private final short[] lookup = new short[1 << LOOKUP_BITS]; // length << 8 | symbol; 0 for longer codes
    private final int[] lastCodes = new int[LONGEST_CODE + 1]; // of each length; -1 for none
    private final int[] symbolOffsets = new int[LONGEST_CODE + 1]; // of each length: a code's symbol less the code

    /** Reads a table at a place of the file: sixteen counts, then the symbols. */
    HuffmanTable(FileBytes file, int at) throws RejectedEventException {
        int total = 0;
        for (int length = 1; length <= LONGEST_CODE; length++) {
            total += file.u8(at + length - 1);
        }
        symbols = new byte[total];
        for (int i = 0; i < total; i++) {
            symbols[i] = (byte) file.u8(at + LONGEST_CODE + i);
        }
        int code = 0;
        int symbol = 0;
        for (int length = 1; length <= LONGEST_CODE; length++) {
            int count = file.u8(at + length - 1);
            if (code + count > 1 << length) {
                throw FileBytes.corrupt(
                        "the Huffman table at byte " + at + " has more codes of " + length + " bits than there can be");
            }
            symbolOffsets[length] = symbol - code;
            for (int i = 0; i < count; i++) {
                addShort(length, code++, symbols[symbol++] & 0xFF);
            }
            lastCodes[length] = count == 0 ? -1 : code - 1;
            code <<= 1;
        }
    }

    private void addShort(int length, int code, int symbol) {
        if (length <= LOOKUP_BITS) {
            int first = code << LOOKUP_BITS - length;
            for (int i = 0; i < 1 << LOOKUP_BITS - length; i++) {
                lookup[first + i] = (short) (length << Byte.SIZE | symbol);
            }
        }
    }

    /** Returns how many bytes it takes in the file. */
    int bytes() {
        return LONGEST_CODE + symbols.length;
    }

    /** Takes a code and returns its symbol; at least 16 bits are ready afterwards. */
    int decode(JpegBits bits) throws RejectedEventException {
        if (!bits.hasEnough()) {
            bits.fill();
        }
        int entry = shortCode(bits.peek(LOOKUP_BITS));
        if (entry != 0) {
            bits.skip(entry >> Byte.SIZE);
            return entry & 0xFF;
        }
        return decodeLong(bits);
    }

    /** Returns the length and symbol, {@code length << 8 | symbol}, of the code that bits begin with; 0 if it is long. */
    int shortCode(int bits) {
        return lookup[bits & (1 << LOOKUP_BITS) - 1];
    }

    /** Takes a code that is not short and returns its symbol; 16 bits must be ready. */
    int decodeLong(JpegBits bits) throws RejectedEventException {
        int next = bits.peek(LONGEST_CODE);
        for (int length = LOOKUP_BITS + 1; length <= LONGEST_CODE; length++) {
            int code = next >> LONGEST_CODE - length;
            if (code <= lastCodes[length]) {
                bits.skip(length);
                return symbols[code + symbolOffsets[length]] & 0xFF;
            }
        }
        bits.requireEnough();
        throw FileBytes.corrupt("a bad Huffman code stands before byte " + bits.position());
    }
}
