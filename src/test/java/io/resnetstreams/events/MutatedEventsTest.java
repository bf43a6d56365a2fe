package io.resnetstreams.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Fuzzes JSON events; {@code -Dfuzz.count}, {@code -Dfuzz.minutes} and {@code -Dfuzz.seed} choose the inputs. */
class MutatedEventsTest {
    @Test
    void damagedEventsAreReadOrRejected() throws Exception {
        assertThat(FuzzRun.inProcessOfItsOwn(EventFuzz.class))
                .isGreaterThanOrEqualTo(Integer.getInteger("fuzz.count", 1));
    }
}
