package io.resnetstreams.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The first four bytes of digests, by place; a place may have several. Each takes eight bytes, since a topic may have millions
 * of dead letters. Two contents have the same four bytes with a probability of 1 in 4,294,967,296.
 *
 * <p>Threading: one thread.
 */
final class DigestTable {
    private static final int FIRST_CAPACITY = 16;

    /** The place in the upper half, the first four bytes of the digest in the lower half. */
    private long[] entries = new long[FIRST_CAPACITY];

    private int size;
    private boolean isSorted;

    /**
     * Adds a digest.
     *
     * @param place 0 or more
     * @param digest of at least four bytes
     */
    void add(int place, byte[] digest) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + size / 2);
        }
        entries[size++] = (long) place << Integer.SIZE | Integer.toUnsignedLong(beginning(digest));
        isSorted = false;
    }

    /** Returns whether a place has a digest other than this one; false if it has none. */
    boolean hasOther(int place, byte[] digest) {
        return any(place, found -> found != beginning(digest));
    }

    boolean has(int place, byte[] digest) {
        return any(place, found -> found == beginning(digest));
    }

    private boolean any(int place, IntPredicate condition) {
        if (!isSorted) {
            Arrays.sort(entries, 0, size);
            isSorted = true;
        }
        int found = Arrays.binarySearch(entries, 0, size, (long) place << Integer.SIZE);
        for (int i = found < 0 ? -found - 1 : found; i < size && entries[i] >>> Integer.SIZE == place; i++) {
            if (condition.test((int) entries[i])) {
                return true;
            }
        }
        return false;
    }

    private static int beginning(byte[] digest) {
        return ByteBuffer.wrap(digest).getInt();
    }
}
