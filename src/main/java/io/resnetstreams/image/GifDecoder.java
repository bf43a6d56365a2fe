package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/**
 * Decodes the first frame of a GIF ("Graphics Interchange Format", version 89a), and ignores the rest.
 *
 * <p>As in Pillow, the canvas has the size of the file's, enlarged to contain the frame. It is filled with the transparent
 * colour if there is one, else the first colour. An index that is not in the palette is a shade of grey.
 */
final class GifDecoder {
    private static final int HEADER_BYTES = 13;
    private static final int CONTROL = 0xF9;
    private static final int MOST_CODES = 4096;
    private static final int[][] ALL_ROWS = {{0, 1}}; // first and step
    private static final int[][] INTERLACED_ROWS = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    private static final String ENDED = "the codes of its first frame end before its last pixel";

    private final FileBytes file;
    private final int frame;
    private int[] colours = Pixels.shades();
    private int background;
    private int at = HEADER_BYTES;
    private int blockBytes; // unread bytes of a block of codes
    private int buffer;
    private int bufferBits;
    private int clear; // the code that clears the table of codes
    private int codeBits;
    private int known; // number of codes
    private int previous;
    private final int[] prefixes = new int[MOST_CODES];
    private final int[] lasts = new int[MOST_CODES];
    private final int[] string = new int[MOST_CODES]; // of the last code, reversed
    private int length; // of its remaining part

    /** Reads the headers before the first frame's data. */
    private GifDecoder(FileBytes file) throws RejectedEventException {
        this.file = file;
        readPalette(file.u8(10));
        int block;
        while ((block = file.u8(at++)) != ',') {
            if (block == ';') {
                throw FileBytes.corrupt("its trailer comes at byte " + at + ", before any image");
            } else if (block == '!') {
                if (file.u8(at) == CONTROL && file.u8(at + 1) >= 4 && (file.u8(at + 2) & 1) != 0) {
                    background = file.u8(at + 5);
                }
                for (at += 1; file.u8(at) > 0; at += 1 + file.u8(at)) {}
                at++;
            }
        }
        frame = at;
        at += 9;
        readPalette(file.u8(at - 1));
    }

    private void readPalette(int flags) throws RejectedEventException {
        if ((flags & 0x80) != 0) {
            colours = Pixels.shades();
            for (int i = 0; i < 2 << (flags & 7); i++, at += 3) {
                colours[i] = Pixels.pixel(file.u8(at), file.u8(at + 1), file.u8(at + 2));
            }
        }
    }

    /** Returns the size of the canvas; rejects a file that ends before its first frame. */
    static ImageHeader header(FileBytes file) throws RejectedEventException {
        int frame = new GifDecoder(file).frame;
        return new ImageHeader(
                ImageFormat.GIF,
                Math.max(file.u16le(6), file.u16le(frame) + file.u16le(frame + 4)),
                Math.max(file.u16le(8), file.u16le(frame + 2) + file.u16le(frame + 6)));
    }

    static Pixels decode(FileBytes file, ImageHeader header) throws RejectedEventException {
        GifDecoder gif = new GifDecoder(file);
        return Pixels.ofRows(header, gif.colours[gif.background], gif::readFrame);
    }

    private void readFrame(Pixels canvas, int[] row) throws RejectedEventException {
        int left = file.u16le(frame);
        int top = file.u16le(frame + 2);
        int width = file.u16le(frame + 4);
        int height = file.u16le(frame + 6);
        int minimum = file.u8(at++);
        if (width == 0 || height == 0 || minimum == 0 || minimum > 11) {
            throw FileBytes.corrupt("its first frame has " + width + "×" + height + " pixels in codes of " + minimum
                    + " bits and more; at least 1×1 in 1 to 11 are needed");
        }
        clear = 1 << minimum;
        forgetCodes();
        for (int[] pass : (file.u8(frame + 8) & 0x40) == 0 ? ALL_ROWS : INTERLACED_ROWS) {
            for (int y = pass[0]; y < height; y += pass[1]) {
                for (int x = 0; x < width; x++) {
                    row[left + x] = colours[nextIndex()];
                }
                canvas.setRow(top + y, row);
            }
        }
    }

    private void forgetCodes() {
        known = clear + 2;
        codeBits = Integer.numberOfTrailingZeros(clear) + 1;
        previous = -1;
    }

    private int nextIndex() throws RejectedEventException {
        while (length == 0) {
            int code = nextCode();
            if (code == clear) {
                forgetCodes();
            } else if (code == clear + 1) {
                throw FileBytes.truncated(ENDED);
            } else {
                expand(code);
            }
        }
        return string[--length];
    }

    private int nextCode() throws RejectedEventException {
        for (; bufferBits < codeBits; bufferBits += 8, blockBytes--) {
            if (blockBytes == 0) {
                blockBytes = file.u8(at++);
                file.require(at, blockBytes);
            }
            if (blockBytes == 0) {
                throw FileBytes.truncated(ENDED);
            }
            buffer |= file.u8(at++) << bufferBits;
        }
        int code = buffer & (1 << codeBits) - 1;
        buffer >>>= codeBits;
        bufferBits -= codeBits;
        return code;
    }

    /** Each code represents the string of another code plus one index (Lempel, Ziv, Welch). */
    private void expand(int code) throws RejectedEventException {
        boolean own = code == known && previous >= 0; // the previous string plus its first index
        if (!own && (code >= known || code > clear && previous < 0)) {
            throw FileBytes.corrupt("the codes of its first frame are damaged: " + code + " is not yet in use");
        }
        length = own ? 1 : 0; // room for that index
        int index = own ? previous : code;
        for (; index > clear; index = prefixes[index]) {
            string[length++] = lasts[index];
        }
        if (index > 255) {
            throw FileBytes.corrupt("the codes of its first frame are damaged: " + index + " is no colour");
        }
        string[length++] = index;
        string[0] = own ? index : string[0];
        if (previous >= 0 && known < MOST_CODES) {
            prefixes[known] = previous;
            lasts[known++] = index;
        }
        codeBits += known >= 1 << codeBits && codeBits < 12 ? 1 : 0;
        previous = code;
    }
}
