package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RawEventTest {
    @Test
    void keyAndValueCountTowardsTheSize() {
        long empty = event(null, null, headers()).sizeInBytes();
        assertThat(event(new byte[3], new byte[1_000], headers()).sizeInBytes()).isEqualTo(empty + 1_003);
    }

    @Test
    void evenAnEmptyEventCostsSomething() {
        assertThat(event(null, null, headers()).sizeInBytes()).isPositive();
    }
}
