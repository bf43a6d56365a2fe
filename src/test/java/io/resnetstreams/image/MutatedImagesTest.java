package io.resnetstreams.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.FuzzRun;
import org.junit.jupiter.api.Test;

/** Fuzzes images; {@code -Dfuzz.count}, {@code -Dfuzz.minutes} and {@code -Dfuzz.seed} choose the inputs. */
class MutatedImagesTest {
    @Test
    void damagedImagesAreDecodedOrRejected() throws Exception {
        assertThat(FuzzRun.inProcessOfItsOwn(ImageFuzz.class))
                .isGreaterThanOrEqualTo(Integer.getInteger("fuzz.count", 1));
    }
}
