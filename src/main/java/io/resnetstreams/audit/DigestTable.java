package io.resnetstreams.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Beginnings of digests by place, several a place if need be, in eight bytes each: a topic may have millions. Another content
 * has the same four bytes once in four thousand million times.
 *
 * <p>Threading: one thread.
 */
final class DigestTable {
    private static final int FIRST_CAPACITY = 16;

    /** The place above, the digest's first four bytes below. */
    private long[] entries = new long[FIRST_CAPACITY];

    private int size;
    private boolean isSorted;

    /**
     * Adds one.
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

    /** Returns whether a place has one that is not this; false where it has none. */
    boolean hasOther(int place, byte[] digest) {
        return any(place, found -> found != beginning(digest));
    }

    /** Returns whether a place has this one. */
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
