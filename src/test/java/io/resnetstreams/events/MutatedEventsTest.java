package io.resnetstreams.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Damaged JSON events; how many, and which, say {@code -Dfuzz.count}, {@code -Dfuzz.minutes} and {@code -Dfuzz.seed}. */
class MutatedEventsTest {
    @Test
    void damagedEventsAreReadOrRejected() throws Exception {
        assertThat(FuzzRun.inProcessOfItsOwn(EventFuzz.class))
                .isGreaterThanOrEqualTo(Integer.getInteger("fuzz.count", 1));
    }
}
