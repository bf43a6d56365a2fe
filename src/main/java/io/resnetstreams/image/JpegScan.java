package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/**
 * Reads the Huffman codes of one scan to the end of its image (ITU-T T.81, annexes F and G), keeping no coefficients: to
 * find out whether all of them are there. It is what libjpeg knows while it decodes, and OpenCV keeps to itself.
 */
final class JpegScan {
    /** With no coefficient behind it, sixteen zeros; a shorter run without one ends the block. */
    static final int ZERO_RUN = 15;

    private static final int FIRST_RESTART = 0xD0;
    private static final int RESTARTS = 8;
    private static final int LARGEST_DC_SIZE = 15;

    private final FileBytes file;
    private final JpegBits bits;
    private final JpegFrame frame;
    private final Part[] parts;
    private final int first;
    private final int last;
    private final boolean refining;
    private int endOfBandRun;

    /**
     * One component of the scan.
     *
     * @param dc its table, null where it has none
     * @param ac its table, null where it has none
     */
    record Part(JpegFrame.Component component, HuffmanTable dc, HuffmanTable ac) {
        /** Returns whether those are there that a scan needs. */
        boolean hasTables(boolean progressive, int first, boolean refining) {
            boolean needsDc = !progressive || first == 0 && !refining;
            boolean needsAc = !progressive || first > 0;
            return (dc != null || !needsDc) && (ac != null || !needsAc);
        }
    }

    /**
     * Takes what a scan's header states.
     *
     * @param start where its data begin
     * @param first the first coefficient, in the order of the zigzag
     * @param last the last one
     * @param refining whether it adds a bit to coefficients that an earlier scan has begun
     */
    JpegScan(FileBytes file, int start, JpegFrame frame, Part[] parts, int first, int last, boolean refining) {
        this.file = file;
        this.bits = new JpegBits(file, start);
        this.frame = frame;
        this.parts = parts;
        this.first = first;
        this.last = last;
        this.refining = refining;
    }

    /**
     * Reads the scan and returns a place behind its last code, not behind the next marker other than one of a restart.
     *
     * <p>Where more data stand before a restart than the image needs, nothing is missing; but they were written by other
     * rules than the file states, and what follows can't be held against it. libjpeg goes on there, and so does every
     * viewer.
     *
     * @param restartInterval units between two restart markers, 0 for none
     */
    int read(int restartInterval) throws RejectedEventException {
        boolean interleaved = parts.length > 1;
        int across = interleaved ? frame.unitsAcross() : parts[0].component().blocksAcross();
        int down = interleaved ? frame.unitsDown() : parts[0].component().blocksDown();
        int units = 0;
        for (int y = 0; y < down; y++) {
            for (int x = 0; x < across; x++, units++) {
                if (restartInterval > 0 && units > 0 && units % restartInterval == 0) {
                    int marker = restartMarker();
                    requireRestart(marker);
                    if (bits.hasWholeByte() || marker > bits.position()) {
                        return marker;
                    }
                    restart(marker, units / restartInterval - 1);
                }
                if (interleaved) {
                    readUnit(x, y);
                } else {
                    readBlock(parts[0], y * parts[0].component().stride() + x);
                }
                bits.requireEnough();
            }
        }
        return bits.position();
    }

    private int restartMarker() throws RejectedEventException {
        int at = bits.position();
        while (file.u8(at) != 0xFF || file.u8(at + 1) == 0 || file.u8(at + 1) == 0xFF) {
            at++;
        }
        return at;
    }

    private void requireRestart(int at) throws RejectedEventException {
        int marker = file.u8(at + 1);
        if (marker < FIRST_RESTART || marker >= FIRST_RESTART + RESTARTS) {
            throw FileBytes.truncated("a restart marker is due at byte " + at + ", but the scan ends there");
        }
    }

    private void restart(int at, int number) throws RejectedEventException {
        int due = number % RESTARTS;
        int found = file.u8(at + 1) - FIRST_RESTART;
        if (found != due) {
            throw FileBytes.corrupt("restart marker " + found + " stands at byte " + at + " where " + due
                    + " is due: image data is missing");
        }
        bits.restart(at + 2);
        endOfBandRun = 0;
    }

    private void readUnit(int x, int y) throws RejectedEventException {
        for (Part part : parts) {
            JpegFrame.Component component = part.component();
            for (int row = 0; row < component.down(); row++) {
                int block = (y * component.down() + row) * component.stride() + x * component.across();
                for (int column = 0; column < component.across(); column++) {
                    readBlock(part, block + column);
                }
            }
        }
    }

    private void readBlock(Part part, int block) throws RejectedEventException {
        if (!frame.isProgressive()) {
            readDc(part.dc());
            bits.takeBlock(part.ac());
        } else if (first == 0) {
            if (refining) {
                bits.take(1);
            } else {
                readDc(part.dc());
            }
        } else if (refining) {
            refine(part.ac(), part.component().nonZero(), block);
        } else {
            readBand(part.ac(), part.component().nonZero(), block);
        }
    }

    private void readDc(HuffmanTable table) throws RejectedEventException {
        int size = table.decode(bits);
        if (size > LARGEST_DC_SIZE) {
            throw FileBytes.corrupt("a coefficient of " + size + " bits stands before byte " + bits.position());
        }
        bits.skip(size);
    }

    /** The first bits of coefficients of a band; blocks that have none are counted in advance. */
    private void readBand(HuffmanTable table, long[] nonZero, int block) throws RejectedEventException {
        if (endOfBandRun > 0) {
            endOfBandRun--;
            return;
        }
        for (int k = first; k <= last; k++) {
            int symbol = table.decode(bits);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0 && run != ZERO_RUN) {
                endOfBandRun = (1 << run) - 1 + bits.take(run);
                return;
            }
            k += run;
            bits.skip(size);
            if (size > 0 && k <= last) {
                nonZero[block] |= 1L << k;
            }
        }
    }

    /** One more bit for each coefficient that has begun, and those that begin with this bit. */
    private void refine(HuffmanTable table, long[] nonZero, int block) throws RejectedEventException {
        int k = first;
        while (k <= last && endOfBandRun == 0) {
            int symbol = table.decode(bits);
            int run = symbol >> 4;
            int size = symbol & 15;
            boolean begins = size != 0;
            if (size > 1) {
                throw FileBytes.corrupt("a coefficient begins with " + size + " bits before byte " + bits.position()
                        + ", where a scan adds one");
            } else if (begins) {
                bits.skip(1); // its sign
            } else if (run != ZERO_RUN) {
                endOfBandRun = (1 << run) + bits.take(run);
                break;
            }
            k = passZeros(nonZero[block], k, run);
            if (begins && k <= last) {
                nonZero[block] |= 1L << k;
            }
            k++;
        }
        if (endOfBandRun > 0) {
            for (; k <= last; k++) {
                if ((nonZero[block] >> k & 1) != 0) {
                    bits.take(1);
                }
            }
            endOfBandRun--;
        }
    }

    /** Passes so many zeros, taking the bit of each coefficient between them, and returns where the next zero stands. */
    private int passZeros(long nonZero, int from, int zeros) throws RejectedEventException {
        int left = zeros;
        int k = from;
        for (; k <= last; k++) {
            if ((nonZero >> k & 1) != 0) {
                bits.take(1);
            } else if (--left < 0) {
                break;
            }
        }
        return k;
    }
}
