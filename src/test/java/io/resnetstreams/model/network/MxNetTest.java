package io.resnetstreams.model.network;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MxNetTest {
    @ParameterizedTest
    @CsvSource({"Linux, amd64", "Mac OS X, x86_64"})
    void thereIsALibrary(String system, String processor) {
        assertThatNoException().isThrownBy(() -> MxNet.requireLibrary(system, processor));
    }

    @Test
    void armIsNamed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> MxNet.requireLibrary("Linux", "aarch64"))
                .withMessage("MXNet has no library for Linux on aarch64; it has one for Linux and macOS on x86_64");
    }

    @Test
    void appleSiliconIsReferredToRosetta() {
        assertThatIllegalStateException()
                .isThrownBy(() -> MxNet.requireLibrary("Mac OS X", "aarch64"))
                .withMessageEndingWith("(on Apple silicon with an x86_64 JDK, under Rosetta 2)");
    }
}
