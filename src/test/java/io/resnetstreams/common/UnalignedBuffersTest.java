package io.resnetstreams.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class UnalignedBuffersTest {
    private static final int SIZES = 100;

    /**
     * malloc chooses the addresses, so some buffers may be aligned; without the free chunks, about half of them are.
     */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only glibc's malloc prefers the free chunks")
    @SuppressWarnings("try") // the chunks stay free while this resource is open
    void mostBuffersThatAreAllocatedNextAreUnaligned() {
        int unaligned = 0;
        for (int i = 0; i < SIZES; i++) {
            int bytes = 1_500 + 33 * i;
            try (UnalignedBuffers ignored = new UnalignedBuffers(bytes)) {
                Pointer buffer = Pointer.malloc(bytes);
                unaligned += buffer.address() % 32 != 0 ? 1 : 0;
                Pointer.free(buffer);
            }
        }
        assertThat(unaligned).isGreaterThanOrEqualTo(SIZES * 3 / 4);
    }
}
