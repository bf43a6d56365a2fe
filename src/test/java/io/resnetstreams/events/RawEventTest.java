package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RawEventTest {
    @Test
    void keyValueAndHeadersCountTowardsTheSize() {
        long empty = event(null, null, headers()).sizeInBytes();
        RawEvent event = event(new byte[3], new byte[1_000], headers("trace", "1234"));
        event.headers().add("none", null);
        assertThat(event.sizeInBytes()).isEqualTo(empty + 1_012 + 160);
        RawEvent again = event(event.key(), event.value(), event.headers());
        assertThat(again.contentBytes()).isEqualTo(1_016);
        assertThat(again.headerCount()).isEqualTo(2);
        assertThat(again.sizeInBytes()).isEqualTo(empty + 1_016 + 2 * 160);
    }

    @Test
    void namesOfHeadersCountInUtf8() {
        assertThat(event(null, null, headers("ä€", "")).contentBytes()).isEqualTo(5);
    }

    @Test
    void evenAnEmptyEventCostsSomething() {
        assertThat(event(null, null, headers()).sizeInBytes()).isPositive();
    }
}
