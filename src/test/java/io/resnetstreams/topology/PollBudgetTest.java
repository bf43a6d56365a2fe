package io.resnetstreams.topology;

import static io.resnetstreams.events.TestEvents.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

class PollBudgetTest {
    private final PollBudget budget = new PollBudget(10);

    private byte[] key(int bytes, Headers headers) {
        return budget.keys().deserialize("t", headers, ByteBuffer.allocate(bytes));
    }

    private byte[] value(int bytes) {
        return budget.values().deserialize("t", headers(), ByteBuffer.allocate(bytes));
    }

    @Test
    void recordsAreTakenUntilTheBudgetIsUsedUp() {
        assertThat(value(9)).hasSize(9);
        assertThat(value(500)).hasSize(500);
        assertThatExceptionOfType(SerializationException.class).isThrownBy(() -> value(0));
        budget.begin();
        assertThat(value(7)).hasSize(7);
    }

    /** Otherwise each poll would refuse the record, since its key always comes first. */
    @Test
    void aRecordWhoseKeyUsesUpTheBudgetIsTakenWhole() {
        assertThat(key(50, headers())).hasSize(50);
        assertThat(value(60)).hasSize(60);
        assertThatExceptionOfType(SerializationException.class).isThrownBy(() -> key(1, headers()));
    }

    @Test
    void headersCount() {
        key(0, headers("name", "123456"));
        value(0);
        assertThatExceptionOfType(SerializationException.class).isThrownBy(() -> value(1));
    }

    @Test
    void theBytesAreReadUnchanged() {
        assertThat(budget.values().deserialize("t", headers(), ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 2)))
                .containsExactly(2, 3);
    }
}
