package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.FuzzRun;
import org.junit.jupiter.api.Test;

/** Damaged images; how many, and which, say {@code -Dfuzz.count}, {@code -Dfuzz.minutes} and {@code -Dfuzz.seed}. */
class MutatedImagesTest {
    @Test
    void damagedImagesAreDecodedOrRejected() throws Exception {
        assertThat(FuzzRun.inProcessOfItsOwn(ImageFuzz.class))
                .isGreaterThanOrEqualTo(Integer.getInteger("fuzz.count", 1));
    }
}
