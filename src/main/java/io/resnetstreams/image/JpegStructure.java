package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;

/**
 * Walks the markers of a JPEG file (ITU-T T.81, annex B) and its Huffman codes without decoding it.
 *
 * <p>Decoders fill what is missing with grey or leave it as it was, so completeness is judged here: every segment lies
 * within the file, restart markers come in order, every scan has codes for its whole image, every component's coefficients
 * are there to their last bit, and the end marker follows. Thumbnails within metadata are passed over with their segment;
 * what follows the end is ignored; stray bytes between segments are skipped as libjpeg does.
 */
final class JpegStructure {
    private static final int FIRST_RESTART = 0xD0;
    private static final int LAST_RESTART = 0xD7;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int HUFFMAN_TABLES = 0xC4;
    private static final int START_OF_SCAN = 0xDA;
    private static final int RESTART_INTERVAL = 0xDD;
    private static final int APPLICATION_1 = 0xE1;

    private static final String EXIF = "Exif\0\0";

    /** EXIF is a TIFF file, of which this is the header; several segments are parts of one. */
    private static final int TIFF_HEADER = 8;

    /** Of each kind. */
    private static final int TABLES = 4;

    /** Real progressive files have about ten scans; each costs a pass over all coefficients. */
    private static final int MOST_SCANS = 100;

    /** Fewer are allowed to large images: as many as the largest image may have. */
    private static final int MOST_SCANS_OF_LARGEST = 16;

    private final FileBytes file;
    private int position = 2; // behind the start marker
    private JpegFrame frame;
    private final HuffmanTable[] dcTables = new HuffmanTable[TABLES];
    private final HuffmanTable[] acTables = new HuffmanTable[TABLES];
    private int restartInterval;
    private final long[] completeCoefficients = new long[256]; // by component, one bit for each of the 64
    private long mostPixelScans;
    private int scans;
    private boolean hasUnreadScans;
    private int exifStart;
    private int exifBytes;

    private JpegStructure(FileBytes file) {
        this.file = file;
    }

    /** Returns the size that the frame header states. */
    static ImageHeader header(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.frame == null) {
            structure.step();
        }
        return structure.frame.header();
    }

    /** Returns where the EXIF data before the frame header begin, 0 if there are none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.frame == null && structure.exifStart == 0) {
            structure.step();
        }
        return structure.exifStart;
    }

    /** Rejects a file that has lost a part of its image, or has so many scans that decoding would take too long. */
    static void requireComplete(FileBytes file, ImageLimits limits) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        structure.mostPixelScans = MOST_SCANS_OF_LARGEST * (long) limits.maxPixels();
        while (structure.step()) {}
        structure.requireAllCoefficients();
        structure.requireWholeExif();
        if (structure.hasUnreadScans) {
            JpegWarnings.requireNone(file.data());
        }
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
            if (frame != null) {
                throw FileBytes.corrupt("it has two frame headers; one is allowed");
            }
            frame = new JpegFrame(file, start, marker);
        } else if (marker == START_OF_SCAN) {
            readScan(start);
        } else if (marker == HUFFMAN_TABLES) {
            readTables(start + 2);
        } else if (marker == RESTART_INTERVAL) {
            restartInterval = file.u16be(start + 2);
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

    private void readTables(int from) throws RejectedEventException {
        for (int at = from; at < position; ) {
            int kind = file.u8(at) >> 4;
            int number = file.u8(at) & 15;
            if (kind > 1 || number >= TABLES) {
                throw FileBytes.corrupt("the Huffman table at byte " + at + " has kind " + kind + " and number "
                        + number + "; allowed are 0 to 1 and 0 to " + (TABLES - 1));
            }
            HuffmanTable table = new HuffmanTable(file, at + 1);
            (kind == 0 ? dcTables : acTables)[number] = table;
            at += 1 + table.bytes();
        }
    }

    private void readScan(int start) throws RejectedEventException {
        if (frame == null) {
            throw FileBytes.corrupt("image data begins at byte " + start + ", before any frame header");
        }
        countScan();
        int count = file.u8(start + 2);
        int parameters = start + 3 + 2 * count;
        int first = file.u8(parameters) & 63;
        int last = file.u8(parameters + 1) & 63;
        int approximation = file.u8(parameters + 2);
        boolean refining = approximation >> 4 != 0;
        JpegScan.Part[] parts = new JpegScan.Part[count];
        boolean readable = frame.isHuffman() && count > 0;
        for (int i = 0; i < count; i++) {
            int tables = file.u8(start + 4 + 2 * i);
            parts[i] = new JpegScan.Part(
                    frame.component(file.u8(start + 3 + 2 * i)),
                    dcTables[tables >> 4 & TABLES - 1],
                    acTables[tables & TABLES - 1]);
            completeCoefficients[parts[i].component().id()] |= completed(first, last, (approximation & 15) == 0);
            readable &= parts[i].hasTables(frame.isProgressive(), first, refining);
        }
        if (readable) {
            position = new JpegScan(file, position, frame, parts, first, last, refining).read(restartInterval);
        } else {
            hasUnreadScans = true; // tables left out, for those that the standard suggests; or arithmetic coding
        }
    }

    private void countScan() throws RejectedEventException {
        long allowed = Math.min(MOST_SCANS, mostPixelScans / frame.header().pixels());
        if (++scans > allowed) {
            throw new RejectedEventException(
                    Stage.LIMITS,
                    "too_many_scans",
                    "the JPEG has more than " + allowed + " scans, which is what is allowed for "
                            + frame.header().width() + "×" + frame.header().height() + " pixels");
        }
    }

    private long completed(int first, int last, boolean lastBit) {
        if (!frame.isProgressive()) {
            return -1L;
        }
        return lastBit ? -1L >>> (63 - last) & -1L << first : 0;
    }

    private void requireAllCoefficients() throws RejectedEventException {
        for (JpegFrame.Component component : frame.components()) {
            int present = Long.bitCount(completeCoefficients[component.id()]);
            if (present < 64) {
                throw FileBytes.truncated("of component " + component.id() + " only " + present
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
