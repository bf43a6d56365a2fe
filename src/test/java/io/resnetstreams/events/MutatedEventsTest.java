package io.resnetstreams.events;

import org.junit.jupiter.api.Test;

/** Damaged JSON events; how many, and which, say {@code -Dfuzz.count}, {@code -Dfuzz.minutes} and {@code -Dfuzz.seed}. */
class MutatedEventsTest {
    @Test
    void damagedEventsAreReadOrRejected() throws Exception {
        FuzzRun.inProcessOfItsOwn(EventFuzz.class);
    }
}
