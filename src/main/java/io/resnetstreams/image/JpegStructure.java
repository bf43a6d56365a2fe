package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the markers of a JPEG file (ITU-T T.81, annex B), but not the coded data between them, which libjpeg checks
 * while it decodes ({@link JpegDecoder}). Thumbnails in metadata are skipped, and stray bytes between segments, as in
 * libjpeg.
 */
final class JpegStructure {
    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int HIERARCHY = 0xDE;
    static final String EXIF = "Exif\0\0";
    private static final byte[] START = {(byte) 0xFF, (byte) START_OF_IMAGE};
    private static final byte[] ADOBE_START =
            "\u00FF\u00D8\u00FF\u00EE\0\16Adobe\0\144\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int TIFF_HEADER = 8; // EXIF data begin with it
    private static final int MOST_SCANS = 100; // real files have about ten; each is a pass over all coefficients
    private static final int MOST_SCANS_OF_LARGEST = 16; // smaller images may have as many as take the same time

    private final FileBytes file;
    private int position = 2; // after the start marker
    private ImageHeader header;
    private boolean progressive;
    private int components;
    private int scans;
    private int exifBytes;
    private boolean adobe;
    private final long[] completeCoefficients = new long[256]; // by component, one bit for each of the 64

    private JpegStructure(FileBytes file) {
        this.file = file;
    }

    /** Returns the size in the frame header; rejects kinds of JPEG that the decoder does not support. */
    static ImageHeader header(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.header == null) {
            structure.step();
        }
        return structure.header;
    }

    /** Returns the offset of the EXIF data before the image data, 0 if there are none. */
    static int exifStart(FileBytes file) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        while (structure.scans == 0) {
            structure.step();
            if (structure.exifBytes >= TIFF_HEADER) {
                return structure.position - structure.exifBytes;
            }
        }
        return 0;
    }

    /**
     * Returns the file up to its end marker. Some cameras write their own data in place of the marker; if all coefficients
     * have been coded, it is inserted. Rejects files that end earlier, or have too many scans to be decoded in time.
     */
    static byte[] withEnd(FileBytes file, ImageLimits limits) throws RejectedEventException {
        JpegStructure structure = new JpegStructure(file);
        try {
            while (structure.step()) {
                structure.requireFewScans(limits);
            }
        } catch (RejectedEventException e) {
            if (e.stage() == Stage.LIMITS || !structure.hasAllCoefficients()) {
                throw e;
            }
            structure.position += 2;
        }
        // The decoder ignores unknown entries and empty segments.
        if (structure.exifBytes > 0 && structure.exifBytes < TIFF_HEADER) {
            throw FileBytes.truncated("its EXIF data has " + structure.exifBytes + " bytes; the header alone takes "
                    + TIFF_HEADER + ", so which way is up can't be known");
        }
        // Browsers and Pillow always treat CMYK as inverted, the decoder only if there is an Adobe marker.
        byte[] start = structure.components == 4 && !structure.adobe ? ADOBE_START : START;
        byte[] whole = Arrays.copyOf(start, start.length + structure.position - START.length);
        int copied = Math.min(structure.position, file.length()) - START.length;
        System.arraycopy(file.data(), START.length, whole, start.length, copied);
        whole[whole.length - 2] = (byte) 0xFF;
        whole[whole.length - 1] = (byte) END_OF_IMAGE;
        return whole;
    }

    /** Skips one segment, or stays at a marker without one; returns whether more segments follow. */
    private boolean step() throws RejectedEventException {
        int at = nextMarker() + 1;
        int marker = file.u8(at - 1);
        if (marker == START_OF_IMAGE || marker == END_OF_IMAGE && scans == 0) {
            throw FileBytes.corrupt("marker " + Integer.toHexString(marker) + " stands at byte " + position
                    + (scans == 0 ? ", before any image data" : ", before the end of the image"));
        }
        if (marker == 1 || marker >= 0xD0 && marker <= END_OF_IMAGE) { // markers without a length
            position = at;
            return marker != END_OF_IMAGE;
        }
        int length = file.u16be(at);
        file.require(at, length);
        switch (marker) {
            case 0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, HIERARCHY -> readFrame(
                    marker, at);
            case 0xDA -> readScan(at);
            case 0xE1 -> exifBytes = exifBytes < TIFF_HEADER && file.has(at + 2, EXIF) ? length - 8 : exifBytes;
            case 0xEE -> adobe |= file.has(at + 2, "Adobe");
            default -> {}
        }
        position = at + length;
        return true;
    }

    /** Moves to the next marker, also after coded data, in which FF is followed by 0; returns the offset of its number. */
    private int nextMarker() throws RejectedEventException {
        byte[] data = file.data();
        int at = position;
        do {
            while (at < data.length && data[at] != (byte) 0xFF) {
                at++;
            }
            position = at;
            while (file.u8(at) == 0xFF) {
                at++;
            }
        } while (data[at] == 0);
        return at;
    }

    private void readFrame(int marker, int at) throws RejectedEventException {
        if (header != null) {
            throw FileBytes.corrupt("it has two frame headers; one is allowed");
        }
        int bits = file.u8(at + 2);
        String kind =
                (marker & 4) != 0 || marker == HIERARCHY ? "hierarchical" : (marker & 3) == 3 ? "lossless" : "lossy";
        if (bits != 8 || !kind.equals("lossy")) {
            throw FileBytes.unsupported("it is a " + kind + " JPEG of " + bits
                    + " bits a sample; read are lossy ones of 8 bits, sequential or progressive: convert it");
        }
        progressive = (marker & 3) == 2;
        components = file.u8(at + 7);
        header = new ImageHeader(ImageFormat.JPEG, file.u16be(at + 5), file.u16be(at + 3));
        if (header.height() == 0 && header.width() > 0) {
            throw FileBytes.unsupported("its height stands behind its image data (DNL), not in its header: convert it");
        }
    }

    private void readScan(int at) throws RejectedEventException {
        scans++;
        int count = file.u8(at + 2);
        int parameters = at + 3 + 2 * count;
        int first = file.u8(parameters) & 63;
        int last = file.u8(parameters + 1) & 63;
        boolean lastBit = (file.u8(parameters + 2) & 15) == 0;
        long completed = !progressive ? -1L : lastBit ? -1L >>> 63 - last & -1L << first : 0;
        for (int i = 0; i < count; i++) {
            completeCoefficients[file.u8(at + 3 + 2 * i)] |= completed;
        }
    }

    private boolean hasAllCoefficients() {
        return components > 0
                && Arrays.stream(completeCoefficients)
                                .filter(bits -> bits == -1L)
                                .count()
                        == components;
    }

    private void requireFewScans(ImageLimits limits) throws RejectedEventException {
        if (header == null) {
            return;
        }
        long allowed = Math.min(MOST_SCANS, MOST_SCANS_OF_LARGEST * (long) limits.maxPixels() / header.pixels());
        if (scans > allowed) {
            String reason = "the JPEG has more than " + allowed + " scans, which is what is allowed for ";
            throw FileBytes.beyondLimits("too_many_scans", reason + header.width() + "×" + header.height() + " pixels");
        }
    }
}
