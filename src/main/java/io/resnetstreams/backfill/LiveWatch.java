package io.resnetstreams.backfill;

import io.resnetstreams.common.RepeatingTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Watches the live group, and says whether a backfill should wait: from when the delay of live events is above its target,
 * until it is below half of it.
 *
 * <p>Threading: a thread of its own looks; any thread may ask.
 */
public final class LiveWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final Admin admin;
    private final String group;
    private final List<TopicPartition> partitions;
    private final Duration target;
    private final Consumer<String> notices;
    private final LiveDelay delay = new LiveDelay();
    private RepeatingTask looking;
    private volatile boolean yielding;

    private LiveWatch(
            Admin admin, String group, List<TopicPartition> partitions, Duration target, Consumer<String> notices) {
        this.admin = admin;
        this.group = group;
        this.partitions = partitions;
        this.target = target;
        this.notices = notices;
    }

    /**
     * Begins to watch.
     *
     * @param partitions those of the live input
     * @param target how long a live event may wait for its outcome
     * @param notices is told in a sentence when the backfill begins to wait and when it goes on
     */
    public static LiveWatch start(
            BackfillClients clients,
            String group,
            List<TopicPartition> partitions,
            Duration target,
            Consumer<String> notices) {
        LiveWatch watch = new LiveWatch(clients.admin(), group, partitions, target, notices);
        watch.looking = RepeatingTask.start("live-watch", Duration.ZERO, INTERVAL, watch::look);
        return watch;
    }

    /** Returns whether the backfill should wait. */
    public boolean isYielding() {
        return yielding;
    }

    private void look() {
        // A broker that is away answers no one, and the look fails: the backfill waits for it like live does.
        Map<TopicPartition, Long> ends = AdminOffsets.ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
        decide(delay.saw(System.nanoTime(), ends, AdminOffsets.committed(admin, group)));
    }

    private void decide(Duration late) {
        if (!yielding && late.compareTo(target) > 0) {
            yielding = true;
            notices.accept("waiting for live: group " + group + " is " + late.toMillis() + " ms behind, its target is "
                    + target.toMillis() + " ms");
        } else if (yielding && late.compareTo(target.dividedBy(2)) <= 0) {
            yielding = false;
            notices.accept("going on: group " + group + " is " + late.toMillis() + " ms behind");
        }
    }

    @Override
    public void close() {
        looking.close();
        admin.close();
    }
}
