package io.resnetstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.assignment.ApplicationState;
import org.apache.kafka.streams.processor.assignment.AssignmentConfigs;
import org.apache.kafka.streams.processor.assignment.KafkaStreamsState;
import org.apache.kafka.streams.processor.assignment.ProcessId;
import org.apache.kafka.streams.processor.assignment.TaskAssignor;
import org.apache.kafka.streams.processor.assignment.TaskInfo;
import org.apache.kafka.streams.processor.internals.assignment.ClientState;
import org.apache.kafka.streams.processor.internals.assignment.DefaultKafkaStreamsState;
import org.apache.kafka.streams.processor.internals.assignment.DefaultTaskInfo;
import org.apache.kafka.streams.processor.internals.assignment.HighAvailabilityTaskAssignor;
import org.apache.kafka.streams.processor.internals.assignment.RackAwareTaskAssignor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests where the assignor of {@link StreamsProperties} moves partitions while instances are replaced one by one,
 * without a broker: never from an instance of the new version back to one of the old version.
 */
class RollingAssignmentTest {
    private static final AssignmentConfigs CONFIGS = new AssignmentConfigs(10_000L, 2, 0, 600_000L, List.of());

    /** Assigns each task to a process, given the tasks that each process had. */
    private interface Assignor extends Function<Map<ProcessId, SortedSet<TaskId>>, Map<ProcessId, SortedSet<TaskId>>> {}

    private static Stream<Arguments> groups() {
        return IntStream.of(2, 3, 4, 6)
                .boxed()
                .flatMap(instances -> IntStream.of(6, 7, 12, 48).boxed().flatMap(partitions -> Stream.of(true, false)
                        .map(startFirst -> Arguments.of(instances, partitions, startFirst))));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void noPartitionGoesBackToTheOldVersion(int instances, int partitions, boolean startFirst) {
        assertThat(returns(assignor(partitions), instances, partitions, startFirst))
                .isZero();
    }

    /** Otherwise the test above could not fail, and setting the assignor would be unnecessary. */
    @Test
    void withKafkasDefaultAssignorSomePartitionsGoBack() {
        assertThat(returns(RollingAssignmentTest::byKafkasDefault, 3, 12, false))
                .isPositive();
    }

    /** Replaces all instances one by one, and counts the moves from new to old ones. */
    private static int returns(Assignor assignor, int instances, int partitions, boolean startFirst) {
        List<ProcessId> old = processes(1, instances);
        List<ProcessId> replacements = processes(100, instances);
        Map<ProcessId, SortedSet<TaskId>> group = new TreeMap<>();
        old.forEach(process -> group.put(process, new TreeSet<>()));
        // One instance has all tasks at first; the assignor runs again until nothing moves.
        group.get(old.get(0)).addAll(tasks(partitions));
        int returns = settle(assignor, group, Set.of());
        for (int i = 0; i < instances; i++) {
            Set<ProcessId> fresh = new HashSet<>(replacements.subList(0, i + 1));
            if (startFirst) {
                group.put(replacements.get(i), new TreeSet<>());
                returns += settle(assignor, group, fresh);
                group.remove(old.get(i));
                returns += settle(assignor, group, fresh);
            } else {
                group.remove(old.get(i));
                returns += settle(assignor, group, fresh);
                group.put(replacements.get(i), new TreeSet<>());
                returns += settle(assignor, group, fresh);
            }
        }
        assertThat(group.values().stream().mapToInt(Set::size).sum()).isEqualTo(partitions);
        return returns;
    }

    private static int settle(Assignor assignor, Map<ProcessId, SortedSet<TaskId>> group, Set<ProcessId> fresh) {
        int returns = 0;
        for (int round = 0; round < 3; round++) {
            Map<ProcessId, SortedSet<TaskId>> next = assignor.apply(group);
            Map<TaskId, ProcessId> before = owners(group);
            for (Map.Entry<TaskId, ProcessId> owner : owners(next).entrySet()) {
                ProcessId last = before.get(owner.getKey());
                returns += last != null && fresh.contains(last) && !fresh.contains(owner.getValue()) ? 1 : 0;
            }
            group.keySet().forEach(process -> group.put(process, next.getOrDefault(process, new TreeSet<>())));
        }
        IntSummaryStatistics shares =
                group.values().stream().mapToInt(Set::size).summaryStatistics();
        assertThat(shares.getMax() - shares.getMin()).as("%s", group).isLessThanOrEqualTo(1);
        return returns;
    }

    private static Map<TaskId, ProcessId> owners(Map<ProcessId, SortedSet<TaskId>> group) {
        Map<TaskId, ProcessId> owners = new HashMap<>();
        group.forEach((process, tasks) -> tasks.forEach(task -> owners.put(task, process)));
        return owners;
    }

    /** Returns processes whose ids are as spread out as random ones. */
    private static List<ProcessId> processes(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> new ProcessId(UUID.nameUUIDFromBytes(new byte[] {(byte) number})))
                .toList();
    }

    private static Set<TaskId> tasks(int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TaskId(0, partition))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Assignor assignor(int partitions) {
        Map<TaskId, TaskInfo> all = new TreeMap<>();
        tasks(partitions).forEach(task -> all.put(task, new DefaultTaskInfo(task, false, Set.of(), Set.of())));
        return group -> {
            Map<ProcessId, KafkaStreamsState> states = new TreeMap<>();
            group.forEach((process, tasks) -> states.put(process, state(process, tasks)));
            Map<ProcessId, SortedSet<TaskId>> next = new TreeMap<>();
            configured()
                    .assign(application(all, states))
                    .assignment()
                    .forEach(assignment -> next.put(
                            assignment.processId(),
                            new TreeSet<>(assignment.tasks().keySet())));
            return next;
        };
    }

    private static TaskAssignor configured() {
        PipelineSettings settings = new PipelineSettings(
                "labels",
                "kafka:9092",
                new Topics("in", "out", "dlq"),
                Guarantee.EXACTLY_ONCE_V2,
                1,
                1 << 20,
                new InFlightLimits(10, 10),
                OnGap.WARN,
                Duration.ofSeconds(1),
                Map.of());
        String assignor = StreamsProperties.of(settings).getProperty(StreamsConfig.TASK_ASSIGNOR_CLASS_CONFIG);
        try {
            return Utils.newInstance(assignor, TaskAssignor.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KafkaStreamsState state(ProcessId process, SortedSet<TaskId> tasks) {
        return new DefaultKafkaStreamsState(
                process,
                1,
                Map.of(),
                tasks,
                new TreeSet<>(),
                new TreeMap<>(Map.of("consumer-" + process.id(), tasks)),
                Optional.empty(),
                Optional.of(Map.of()),
                Optional.empty());
    }

    private static ApplicationState application(Map<TaskId, TaskInfo> tasks, Map<ProcessId, KafkaStreamsState> states) {
        return new ApplicationState() {
            @Override
            public Map<ProcessId, KafkaStreamsState> kafkaStreamsStates(boolean computeTaskLags) {
                return states;
            }

            @Override
            public AssignmentConfigs assignmentConfigs() {
                return CONFIGS;
            }

            @Override
            public Map<TaskId, TaskInfo> allTasks() {
                return tasks;
            }
        };
    }

    private static Map<ProcessId, SortedSet<TaskId>> byKafkasDefault(Map<ProcessId, SortedSet<TaskId>> group) {
        Map<ProcessId, ClientState> clients = new TreeMap<>();
        group.forEach((process, tasks) ->
                clients.put(process, new ClientState(tasks, Set.of(), Map.of(), Map.of(), 1, process)));
        Set<TaskId> all = group.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
        all.addAll(tasks(12));
        RackAwareTaskAssignor noRacks = new RackAwareTaskAssignor(
                Cluster.empty(), Map.of(), Map.of(), Map.of(), Collections.emptyMap(), null, CONFIGS, Time.SYSTEM);
        new HighAvailabilityTaskAssignor().assign(clients, all, Set.of(), noRacks, CONFIGS);
        Map<ProcessId, SortedSet<TaskId>> next = new TreeMap<>();
        clients.forEach((process, client) -> next.put(process, new TreeSet<>(client.activeTasks())));
        return next;
    }
}
