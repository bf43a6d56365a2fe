package io.resnetstreams.common;

import org.bytedeco.javacpp.Pointer;

/**
 * Free places in malloc's heap for a buffer that a native library is about to allocate, none of them at a multiple of 32
 * bytes. glibc's malloc takes a free place of exactly the size that is asked for; other allocators may not, which costs speed
 * alone. It works for sizes above {@value #GUARD_BYTES} bytes; smaller ones glibc keeps in a cache of the thread.
 *
 * <p>Threading: made, and closed, by the thread that calls the library.
 */
public final class UnalignedPlaces implements AutoCloseable {
    private static final int ALIGNMENT = 32;
    private static final int PLACES = 8;
    private static final int GUARD_BYTES = 1104;

    private final Pointer[] held = new Pointer[2 * PLACES + 1];

    /** Leaves places of a number of bytes. */
    public UnalignedPlaces(long bytes) {
        for (int i = 0; i < held.length; i++) {
            // Between guards of two sizes, so that places differ in alignment and don't become one when they are freed.
            held[i] = Pointer.malloc(i % 2 == 1 ? bytes : GUARD_BYTES + i % 4 * ALIGNMENT / 4);
        }
        for (int i = 1; i < held.length; i += 2) {
            if (held[i] != null && held[i].address() % ALIGNMENT != 0) {
                Pointer.free(held[i]);
                held[i] = null;
            }
        }
    }

    /** Frees what kept other places from being taken. */
    @Override
    public void close() {
        for (Pointer place : held) {
            Pointer.free(place);
        }
    }
}
