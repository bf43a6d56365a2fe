package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes Windows and OS/2 bitmaps: palettes, bit masks, and runs (RLE4, RLE8).
 *
 * <p>As in Pillow, an index that is not in the palette is a shade of grey, pixels that the runs skip have the first colour, and
 * runs are cut at the end of a row. Alpha masks and colour profiles are ignored.
 */
final class BmpDecoder {
    private static final int OS2_HEADER = 12;
    private static final List<Integer> HEADERS = List.of(OS2_HEADER, 40, 52, 56, 64, 108, 124);
    private static final List<Integer> DEPTHS = List.of(1, 2, 4, 8, 16, 24, 32);

    private final FileBytes file;
    private final ImageHeader header;
    private final int bits;
    private final boolean topDown;
    private final boolean runs;
    private final int[] colours = Pixels.shades();
    private final long[] masks;
    private final int data;

    private BmpDecoder(FileBytes file, ImageHeader header) throws RejectedEventException {
        this.file = file;
        this.header = header;
        int size = (int) file.u32le(14);
        if (!HEADERS.contains(size)) {
            throw FileBytes.corrupt("its header states " + size + " bytes for itself; known are " + HEADERS);
        }
        boolean os2 = size == OS2_HEADER;
        bits = file.u16le(os2 ? 24 : 28);
        topDown = !os2 && (int) file.u32le(22) < 0;
        int compression = os2 ? 0 : (int) file.u32le(30);
        runs = compression == 1 && bits == 8 || compression == 2 && bits == 4;
        boolean masked = (compression == 3 || compression == 6) && size != 64 && bits >= 16;
        if (!DEPTHS.contains(bits) || compression != 0 && !runs && !masked) {
            throw FileBytes.unsupported("it is a BMP of " + bits + " bits a pixel with compression " + compression
                    + "; read are 1 to 32 bits without compression or with bit fields, RLE4 and RLE8: convert it");
        }
        masks = bits == 16 ? new long[] {0x7C00, 0x3E0, 0x1F} : new long[] {0xFF0000, 0xFF00, 0xFF};
        if (masked && (file.u32le(54) | file.u32le(58) | file.u32le(62)) != 0) { // else there are none
            for (int i = 0; i < masks.length; i++) {
                masks[i] = file.u32le(54 + 4 * i);
                long most = masks[i] >>> Long.numberOfTrailingZeros(masks[i]);
                if ((most & most + 1) != 0) {
                    throw FileBytes.corrupt("its bit mask " + Long.toHexString(masks[i]) + " has gaps");
                }
            }
        }
        data = readPalette(14 + size + (!masked || size > 40 ? 0 : compression == 3 ? 12 : 16), os2);
    }

    /** Returns the offset of the pixels: that of the header, else the end of the palette. */
    private int readPalette(int palette, boolean os2) throws RejectedEventException {
        int entryBytes = os2 ? 3 : 4;
        long most = bits <= 8 ? 1 << bits : 0;
        long stated = os2 || file.u32le(46) == 0 ? most : Math.min(most, file.u32le(46));
        long start = file.u32le(10) == 0 ? palette + stated * entryBytes : file.u32le(10);
        file.require(start, 0);
        if (start < palette) {
            throw FileBytes.corrupt("its pixels begin at byte " + start + ", within its header of " + palette);
        }
        for (int i = 0, at = palette; i < Math.min(stated, (start - palette) / entryBytes); i++, at += entryBytes) {
            colours[i] = Pixels.pixel(file.u8(at + 2), file.u8(at + 1), file.u8(at));
        }
        return (int) start;
    }

    static Pixels decode(FileBytes file, ImageHeader header) throws RejectedEventException {
        BmpDecoder bmp = new BmpDecoder(file, header);
        return Pixels.ofRows(header, bmp.colours[0], bmp.runs ? bmp::readRuns : bmp::readRows);
    }

    private void setRow(Pixels image, int stored, int[] row) throws RejectedEventException {
        if (stored >= header.height()) {
            throw FileBytes.corrupt("its runs lead beyond its last row");
        }
        image.setRow(topDown ? stored : header.height() - 1 - stored, row);
    }

    private void readRows(Pixels image, int[] row) throws RejectedEventException {
        long rowBytes = ((long) row.length * bits + 31) / 32 * 4;
        // The padding of the last row may be missing.
        file.require(data, rowBytes * (header.height() - 1) + ((long) row.length * bits + 7) / 8);
        for (int y = 0; y < header.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                int at = data + (int) rowBytes * y + x * bits / 8;
                if (bits <= 8) {
                    row[x] = colours[file.u8(at) >> 8 - bits - x * bits % 8 & (1 << bits) - 1];
                } else {
                    long value = bits == 16 ? file.u16le(at) : bits == 32 ? file.u32le(at) : file.u24le(at);
                    row[x] = Pixels.pixel(scaled(value, masks[0]), scaled(value, masks[1]), scaled(value, masks[2]));
                }
            }
            setRow(image, y, row);
        }
    }

    private static int scaled(long value, long mask) {
        int shift = Long.numberOfTrailingZeros(mask);
        return mask == 0 ? 0 : (int) (((value & mask) >>> shift) * 255 / (mask >>> shift));
    }

    private void readRuns(Pixels image, int[] row) throws RejectedEventException {
        int last = header.height() - 1;
        int at = data;
        int x = 0;
        int y = 0;
        while (y < last || y == last && (x < row.length || at + 2 <= file.length())) {
            int count = file.u8(at);
            int value = file.u8(at + 1);
            at += 2;
            if (count > 0 || value > 2) {
                int literal = count == 0 ? value : 0; // the number of individual indices
                for (int i = 0; i < count + literal; i++, x++) {
                    int indices = literal > 0 ? file.u8(at + i * bits / 8) : value;
                    if (x < row.length) {
                        row[x] = colours[bits == 8 ? indices : i % 2 == 0 ? indices >> 4 : indices & 15];
                    }
                }
                at += (literal * bits + 15) / 16 * 2;
            } else if (value == 1) {
                if (y < last) {
                    throw FileBytes.truncated("its runs end in row " + (y + 1) + " of " + header.height());
                }
                break;
            } else {
                x = value == 0 ? 0 : x + file.u8(at);
                for (int rowsDown = value == 0 ? 1 : file.u8(at + 1); rowsDown > 0; rowsDown--) {
                    setRow(image, y++, row);
                    Arrays.fill(row, colours[0]);
                }
                at += value;
            }
        }
        if (y <= last) {
            setRow(image, y, row);
        }
    }
}
