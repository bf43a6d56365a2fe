package io.resnetstreams.image;

import io.resnetstreams.events.RejectedEventException;

/** What a JPEG's frame header states (ITU-T T.81, B.2.2): the image's size and how its components are sampled. */
final class JpegFrame {
    private static final int BLOCK = 8;
    private static final int LARGEST_FACTOR = 4;
    private static final int MOST_COMPONENTS = 4; // CMYK

    private final boolean huffman;
    private final boolean progressive;
    private final ImageHeader header;
    private final Component[] components;
    private int largestAcross = 1;
    private int largestDown = 1;

    /** A colour component. */
    final class Component {
        private final int id;
        private final int across;
        private final int down;
        private long[] nonZero;

        private Component(int id, int factors) throws RejectedEventException {
            this.id = id;
            this.across = factors >> 4;
            this.down = factors & 15;
            if (across < 1 || down < 1 || across > LARGEST_FACTOR || down > LARGEST_FACTOR) {
                throw FileBytes.corrupt("the sampling factors of component " + id + " are " + across + " and " + down
                        + "; allowed are 1 to " + LARGEST_FACTOR);
            }
        }

        int id() {
            return id;
        }

        /** Returns how many of its blocks an interleaved unit has side by side. */
        int across() {
            return across;
        }

        int down() {
            return down;
        }

        /** Returns how many blocks side by side hold its pixels. */
        int blocksAcross() {
            return ceiling(ceiling(header.width() * across, largestAcross), BLOCK);
        }

        int blocksDown() {
            return ceiling(ceiling(header.height() * down, largestDown), BLOCK);
        }

        /** Returns how many blocks side by side there are with those that fill up the last unit. */
        int stride() {
            return unitsAcross() * across;
        }

        /** Returns, for each block, one bit for each coefficient that earlier scans have found not to be zero. */
        long[] nonZero() {
            if (nonZero == null) {
                nonZero = new long[stride() * unitsDown() * down];
            }
            return nonZero;
        }
    }

    /** Reads the header of a frame at the place of its length. */
    JpegFrame(FileBytes file, int start, int marker) throws RejectedEventException {
        huffman = marker <= 0xC2;
        progressive = marker == 0xC2 || marker == 0xCA;
        header = new ImageHeader(ImageFormat.JPEG, file.u16be(start + 5), file.u16be(start + 3));
        int count = file.u8(start + 7);
        if (count < 1 || count > MOST_COMPONENTS) {
            throw FileBytes.corrupt("it has " + count + " components; allowed are 1 to " + MOST_COMPONENTS);
        }
        components = new Component[count];
        for (int i = 0; i < count; i++) {
            Component component = new Component(file.u8(start + 8 + 3 * i), file.u8(start + 9 + 3 * i));
            components[i] = component;
            largestAcross = Math.max(largestAcross, component.across);
            largestDown = Math.max(largestDown, component.down);
        }
    }

    private static int ceiling(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    ImageHeader header() {
        return header;
    }

    /** Returns whether it is coded as baseline, extended or progressive JPEG with Huffman codes. */
    boolean isHuffman() {
        return huffman;
    }

    boolean isProgressive() {
        return progressive;
    }

    Component[] components() {
        return components;
    }

    /** Returns the component of an id. */
    Component component(int id) throws RejectedEventException {
        for (Component component : components) {
            if (component.id == id) {
                return component;
            }
        }
        throw FileBytes.corrupt("a scan has component " + id + ", which the frame header does not state");
    }

    int unitsAcross() {
        return ceiling(header.width(), BLOCK * largestAcross);
    }

    int unitsDown() {
        return ceiling(header.height(), BLOCK * largestDown);
    }
}
