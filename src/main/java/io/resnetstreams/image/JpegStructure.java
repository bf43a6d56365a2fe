package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks the markers of a JPEG file (ITU-T T.81, annex B) without decoding it.
 *
 * <p>Decoders fill what is missing with grey or leave it as it was, so completeness is judged here: every segment lies
 * within the file, restart markers come in order, every component's coefficients are there to their last bit, and the
 * end marker follows. Thumbnails within metadata are passed over with their segment; what follows the end is ignored;
 * stray bytes between segments are skipped as libjpeg does.
 */
final class JpegStructure {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private static final int FIRST_RESTART = 0xD0;
    private static final int LAST_RESTART = 0xD7;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APPLICATION_1 = 0xE1;

    private static final String EXIF = "Exif\0\0";

    /** EXIF is a TIFF file, of which this is the header; several segments are parts of one. */
    private static final int TIFF_HEADER = 8;

    /** Real progressive files have about ten; each costs a pass over all coefficients, so thousands are an attack. */
    private static final int MOST_SCANS = 100;

    private final FileBytes file;
    private int position = 2; // behind the start marker
    private ImageHeader header;
    private boolean progressive;
    private int[] components = {};
    private final long[] completeCoefficients = new long[256]; // by component, one bit for each of the 64
    private int scans;
    private int exifStart;
    private int exifBytes;

    private JpegStructure(FileBytes file) {
        this.file = file;
    }

    /** Returns the size that the frame header states. */
    static ImageHeader header(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.header == null) {
            structure.step();
        }
        return structure.header;
    }

    /** Returns where the EXIF data before the frame header begin, 0 if there are none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.header == null && structure.exifStart == 0) {
            structure.step();
        }
        return structure.exifStart;
    }

    /** Rejects a file that has lost a part of its image. */
    static void requireComplete(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.step()) {}
        structure.requireAllCoefficients();
        structure.requireWholeExif();
    }

    /** Passes one segment; returns whether others follow. */
    private boolean step() throws RejectedEventException {
        int marker = nextMarker();
        if (marker == END_OF_IMAGE) {
            if (scans == 0) {
                throw FileBytes.corrupt("its end marker comes at byte " + position + ", before any image data");
            }
            return false;
        }
        if (marker >= FIRST_RESTART && marker <= LAST_RESTART || marker == 0x01) {
            return true; // these stand alone, without a length
        }
        int start = position;
        int length = file.u16be(start);
        if (length < 2) {
            throw FileBytes.corrupt("the segment at byte " + start + " states " + length + " bytes; at least 2 needed");
        }
        file.require(start, length);
        position = start + length;
        if (isFrame(marker)) {
            readFrame(marker, start);
        } else if (marker == START_OF_SCAN) {
            readScan(start);
            skipEntropyCodedData();
        } else if (marker == APPLICATION_1 && file.has(start + 2, EXIF)) {
            exifStart = exifStart == 0 ? start + 2 + EXIF.length() : exifStart;
            exifBytes += length - 2 - EXIF.length();
        }
        return true;
    }

    private int nextMarker() throws RejectedEventException {
        while (true) {
            while (file.u8(position) != 0xFF) {
                position++;
            }
            while (file.u8(position) == 0xFF) {
                position++;
            }
            int marker = file.u8(position++);
            if (marker != 0) {
                return marker;
            }
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private void readFrame(int marker, int start) throws RejectedEventException {
        if (header != null) {
            throw FileBytes.corrupt("it has two frame headers; one is allowed");
        }
        header = new ImageHeader(ImageFormat.JPEG, file.u16be(start + 5), file.u16be(start + 3));
        progressive = marker == 0xC2 || marker == 0xCA;
        components = new int[file.u8(start + 7)];
        for (int i = 0; i < components.length; i++) {
            components[i] = file.u8(start + 8 + 3 * i);
        }
    }

    private void readScan(int start) throws RejectedEventException {
        if (header == null) {
            throw FileBytes.corrupt("image data begins at byte " + start + ", before any frame header");
        }
        if (++scans > MOST_SCANS) {
            throw FileBytes.corrupt("it has more than " + MOST_SCANS + " scans, which is what is allowed");
        }
        int count = file.u8(start + 2);
        int parameters = start + 3 + 2 * count;
        int first = file.u8(parameters) & 63;
        int last = file.u8(parameters + 1) & 63;
        boolean lastBit = (file.u8(parameters + 2) & 15) == 0;
        long coefficients = 0;
        if (!progressive) {
            coefficients = -1L;
        } else if (lastBit) {
            coefficients = -1L >>> (63 - last) & -1L << first;
        }
        for (int i = 0; i < count; i++) {
            completeCoefficients[file.u8(start + 3 + 2 * i)] |= coefficients;
        }
    }

    /** Moves to the marker behind a scan's data. In there, FF 00 is a byte of data and restart markers are numbered. */
    private void skipEntropyCodedData() throws RejectedEventException {
        int restart = FIRST_RESTART;
        while (true) {
            position = nextFf(position);
            int next = file.u8(position + 1);
            if (next == 0xFF) {
                position++; // fill byte
            } else if (next == 0) {
                position += 2;
            } else if (next >= FIRST_RESTART && next <= LAST_RESTART) {
                if (next != restart) {
                    throw FileBytes.corrupt("restart marker " + (next - FIRST_RESTART) + " stands at byte " + position
                            + " where " + (restart - FIRST_RESTART) + " is due: image data is missing");
                }
                restart = restart == LAST_RESTART ? FIRST_RESTART : restart + 1;
                position += 2;
            } else {
                return;
            }
        }
    }

    /** Returns the place of the next byte FF, eight bytes at a time; its end is the file's for there being none. */
    private int nextFf(int from) {
        byte[] data = file.data();
        int at = from;
        for (; at + Long.BYTES <= data.length; at += Long.BYTES) {
            long inverted = ~(long) LONG.get(data, at);
            long zeros = (inverted - LOW_BITS) & ~inverted & HIGH_BITS;
            if (zeros != 0) {
                return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        while (at < data.length && data[at] != (byte) 0xFF) {
            at++;
        }
        return at;
    }

    private void requireAllCoefficients() throws RejectedEventException {
        for (int component : components) {
            int present = Long.bitCount(completeCoefficients[component]);
            if (present < 64) {
                throw FileBytes.truncated("of component " + component + " only " + present
                        + " of 64 coefficients are there to their last bit");
            }
        }
    }

    /** Odd entries are for the decoder to ignore; but where EXIF breaks off at once, the file has been cut. */
    private void requireWholeExif() throws RejectedEventException {
        if (exifStart > 0 && exifBytes < TIFF_HEADER) {
            throw FileBytes.truncated("its EXIF data has " + exifBytes + " bytes; the header alone takes " + TIFF_HEADER
                    + ", so which way is up can't be known");
        }
    }
}
