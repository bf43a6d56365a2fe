package io.resnetstreams.common;

import org.bytedeco.javacpp.Pointer;

/**
 * Makes a native library allocate a buffer that is not aligned to 32 bytes: it leaves free chunks of the buffer's size in
 * malloc's heap, none of them aligned. glibc's malloc prefers a free chunk of exactly the requested size; other allocators may
 * not, which only costs speed. It works for sizes above {@value #GUARD_BYTES} bytes; glibc serves smaller ones from a cache.
 * Threading: created and closed by the thread that calls the library.
 */
public final class UnalignedBuffers implements AutoCloseable {
    private static final int ALIGNMENT = 32;
    private static final int CHUNKS = 8;
    private static final int GUARD_BYTES = 1104;

    private final Pointer[] held = new Pointer[2 * CHUNKS + 1];

    /** Leaves free chunks of this number of bytes. */
    public UnalignedBuffers(long bytes) {
        for (int i = 0; i < held.length; i++) {
            // Guards of different sizes in between vary the alignment, and keep freed chunks from being merged.
            held[i] = Pointer.malloc(i % 2 == 1 ? bytes : GUARD_BYTES + i % 4 * ALIGNMENT / 4);
        }
        for (int i = 1; i < held.length; i += 2) {
            if (held[i] != null && held[i].address() % ALIGNMENT != 0) {
                Pointer.free(held[i]);
                held[i] = null;
            }
        }
    }

    /** Frees the guards and the aligned chunks. */
    @Override
    public void close() {
        for (Pointer chunk : held) {
            Pointer.free(chunk);
        }
    }
}
