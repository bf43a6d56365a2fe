package io.resnetstreams.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.metrics.ScalingSignal.ScalingTargets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingSignalTest {
    private static final double CAPACITY = 60;
    private static final ScalingTargets TARGETS = new ScalingTargets(60_000, 0.8, 1, 120_000);
    private static final long SEED = Long.getLong("seed", 1);

    private long seconds;
    private final ScalingSignal signal = signal();

    private ScalingSignal signal() {
        return new ScalingSignal(TARGETS, () -> TimeUnit.SECONDS.toNanos(seconds));
    }

    private static GroupLoad load(double arrivalsPerSecond, long backlog, int instances) {
        return new GroupLoad(arrivalsPerSecond, backlog, 60, names(instances));
    }

    private static Set<String> names(int instances) {
        return IntStream.range(0, instances).mapToObj(Integer::toString).collect(Collectors.toSet());
    }

    private int desired(double arrivalsPerSecond, int instances) {
        return signal.desired(load(arrivalsPerSecond, 0, instances), CAPACITY);
    }

    @ParameterizedTest
    @CsvSource({
        // Each number of instances up to 6 divides 60 partitions evenly.
        "0, 0, 1",
        "48, 0, 1",
        "48.1, 0, 2",
        "144, 0, 3",
        "250, 0, 6",
        "20, 0, 1",
        // A backlog of 6,000 events in 60 s adds 100 events per second.
        "20, 6000, 3",
        "0, 5760, 2",
        "1e12, 0, 60",
        "0, 9223372036854775807, 60"
    })
    void theNeedCoversArrivalsAndBacklog(double arrivals, long backlog, int needed) {
        assertThat(ScalingSignal.needed(TARGETS, load(arrivals, backlog, 1), CAPACITY))
                .isEqualTo(needed);
    }

    @ParameterizedTest
    @CsvSource({"6, 48, 1", "6, 144, 3", "6, 145, 6", "6, 250, 6", "6, 1000, 6", "7, 145, 4", "12, 145, 4", "1, 500, 1"
    })
    void theBusiestInstanceCountsWherePartitionsAreUneven(int partitions, double arrivals, int needed) {
        assertThat(ScalingSignal.needed(TARGETS, new GroupLoad(arrivals, 0, partitions, names(1)), CAPACITY))
                .isEqualTo(needed);
    }

    /** The instance with the most partitions keeps up with this number of instances, but not with one instance less. */
    @Test
    void theNeedIsTheLeastNumberWhoseBusiestInstanceKeepsUp() {
        for (int partitions = 1; partitions <= 50; partitions++) {
            for (double arrivals = 1; arrivals < 48 * partitions; arrivals += 3.7) {
                int needed = ScalingSignal.needed(TARGETS, new GroupLoad(arrivals, 0, partitions, names(1)), CAPACITY);
                assertThat(busiest(partitions, needed, arrivals)).isLessThanOrEqualTo(48 + 1e-6);
                if (needed > 1) {
                    assertThat(busiest(partitions, needed - 1, arrivals)).isGreaterThan(48);
                }
            }
        }
    }

    private static double busiest(int partitions, int instances, double arrivals) {
        return Math.ceil((double) partitions / instances) * arrivals / partitions;
    }

    @Test
    void theMinimumAppliesUpToTheNumberOfPartitions() {
        ScalingTargets targets = new ScalingTargets(60_000, 0.8, 4, 0);
        assertThat(ScalingSignal.needed(targets, new GroupLoad(0, 0, 6, names(1)), CAPACITY))
                .isEqualTo(4);
        assertThat(ScalingSignal.needed(targets, new GroupLoad(0, 0, 3, names(1)), CAPACITY))
                .isEqualTo(3);
    }

    @Test
    void aGreaterNeedIsFollowedAtOnce() {
        assertThat(desired(20, 1)).isEqualTo(1);
        assertThat(desired(250, 1)).isEqualTo(6);
    }

    @Test
    void aSmallerNeedIsFollowedWhenItHasHeldForLongEnough() {
        assertThat(desired(250, 1)).isEqualTo(6);
        seconds = 119;
        assertThat(desired(20, 1)).isEqualTo(6);
        seconds = 120;
        assertThat(desired(20, 1)).isEqualTo(1);
    }

    @Test
    void aNeedInBetweenStartsTheWaitAnew() {
        desired(250, 1);
        seconds = 100;
        assertThat(desired(140, 1)).isEqualTo(6);
        seconds = 130;
        assertThat(desired(20, 1)).isEqualTo(3);
        seconds = 219;
        assertThat(desired(20, 1)).isEqualTo(3);
        seconds = 220;
        assertThat(desired(20, 1)).isEqualTo(1);
    }

    @Test
    void aNewInstanceHoldsTheNumberOfMembersItFinds() {
        assertThat(desired(20, 6)).isEqualTo(6);
        seconds = 120;
        assertThat(desired(20, 6)).isEqualTo(1);
    }

    @Test
    void anInstanceThatLeavesChangesNothing() {
        assertThat(desired(250, 6)).isEqualTo(6);
        seconds = 60;
        assertThat(desired(20, 5)).isEqualTo(6);
        seconds = 120;
        assertThat(desired(20, 5)).isEqualTo(1);
    }

    /** The successor has another name, so every instance notices that a new one has joined. */
    @Test
    void anInstanceThatIsReplacedBetweenTwoLooksIsNoticed() {
        assertThat(signal.desired(new GroupLoad(20, 0, 60, Set.of("a", "b")), CAPACITY))
                .isEqualTo(2);
        seconds = 100;
        assertThat(signal.desired(new GroupLoad(20, 0, 60, Set.of("a", "c")), CAPACITY))
                .isEqualTo(2);
        seconds = 219;
        assertThat(signal.desired(new GroupLoad(20, 0, 60, Set.of("a", "c")), CAPACITY))
                .isEqualTo(2);
        seconds = 220;
        assertThat(signal.desired(new GroupLoad(20, 0, 60, Set.of("a", "c")), CAPACITY))
                .isEqualTo(1);
    }

    @Test
    void theNeedNeverExceedsThePartitions() {
        assertThat(signal.desired(new GroupLoad(20, 0, 6, names(9)), CAPACITY)).isEqualTo(6);
    }

    /** With a random load and changing members, all instances in the group agree, however long each has been there. */
    @Test
    void instancesAgreeHoweverLongTheyHaveBeenThere() {
        System.out.println("instances agree: seed " + SEED);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        Map<Integer, ScalingSignal> group = new TreeMap<>(Map.of(0, signal()));
        double arrivals = 100;
        for (int step = 1; step <= 20_000; step++) {
            seconds += 5;
            arrivals = Math.max(0, Math.min(600, arrivals + random.nextGaussian() * 20));
            if (random.nextInt(40) == 0 && group.size() > 1) {
                group.remove(List.copyOf(group.keySet()).get(random.nextInt(group.size())));
            }
            if (random.nextInt(40) == 0 && group.size() < 12) {
                group.put(step, signal());
            }
            Set<String> names = group.keySet().stream().map(Object::toString).collect(Collectors.toSet());
            GroupLoad load = new GroupLoad(arrivals, random.nextInt(2_000), 60, names);
            assertThat(group.values().stream()
                            .map(instance -> instance.desired(load, CAPACITY))
                            .distinct())
                    .as("after %d s", seconds)
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void aCapacityThatIsUnknownIsRefused(double capacity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signal.desired(load(1, 0, 1), capacity))
                .withMessage("capacityPerInstance is " + capacity + "; it must be above 0");
    }

    @ParameterizedTest
    @CsvSource({
        "-0.1, 0, 1, arrivalsPerSecond is -0.1",
        "NaN, 0, 1, arrivalsPerSecond is NaN",
        "Infinity, 0, 1, arrivalsPerSecond is Infinity",
        "0, -1, 1, backlogEvents is -1; allowed are 0 to",
        "0, 0, 0, partitions is 0; allowed are 1 to"
    })
    void aLoadThatCannotBeIsRefused(double arrivals, long backlog, int partitions, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GroupLoad(arrivals, backlog, partitions, Set.of()))
                .withMessageStartingWith(message);
    }
}
