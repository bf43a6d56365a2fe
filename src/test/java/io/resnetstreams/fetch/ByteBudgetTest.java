package io.resnetstreams.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.fetch.ByteBudget.Reservation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(1 << 20);

    @Test
    void reservationsAreGivenBackOnce() throws Exception {
        Reservation first = budget.reserve(1);
        Reservation second = budget.reserve(500_000);
        assertThat(budget.reserved()).isEqualTo(1_024 + 500_736);
        second.shrinkTo(1_000);
        second.shrinkTo(2_000);
        assertThat(budget.reserved()).isEqualTo(2_048);
        second.close();
        second.close();
        first.close();
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void moreThanThereIsGetsAll() throws Exception {
        Reservation all = budget.reserve(Long.MAX_VALUE / 2);
        assertThat(budget.reserved()).isEqualTo(1 << 20);
        all.close();
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void aSmallRequestDoesNotOvertakeALargeOne() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        Reservation half = budget.reserve(512 << 10);
        Thread large = reserve("large", 1 << 20, order);
        await().until(() -> large.getState() == Thread.State.WAITING);
        Thread small = reserve("small", 1, order);
        await().until(() -> small.getState() == Thread.State.WAITING);
        assertThat(order).isEmpty();
        half.close();
        large.join(30_000);
        small.join(30_000);
        assertThat(order).containsExactly("large", "small");
        assertThat(budget.reserved()).isZero();
    }

    private Thread reserve(String name, long bytes, List<String> order) {
        Thread thread = DaemonThreads.create(name, () -> {
            try {
                Reservation reservation = budget.reserve(bytes);
                order.add(name);
                reservation.close();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }
}
