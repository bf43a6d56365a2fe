package io.resnetstreams.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** An in-memory output topic that is read in chunks of random size. */
class ListReader implements OutcomeReader {
    private static final int MAX_AT_ONCE = 8;

    private final String topic;
    private final List<List<Item>> partitions;
    private final SplittableRandom random;
    private final Map<Integer, Integer> positions = new HashMap<>();
    private int opened;
    private long delivered;

    ListReader(String topic, int partitions, SplittableRandom random) {
        this.topic = topic;
        this.random = random;
        this.partitions = new ArrayList<>();
        for (int number = 0; number < partitions; number++) {
            this.partitions.add(new ArrayList<>());
        }
    }

    /** Appends an outcome to the partition that belongs to its source partition. */
    void append(SourceOutcome outcome) {
        append(outcome.source().partition() % partitions.size(), outcome);
    }

    void append(int partition, SourceOutcome outcome) {
        List<Item> items = partitions.get(partition);
        items.add(new Item(partition, items.size(), outcome, null));
    }

    void appendUnreadable(int partition) {
        List<Item> items = partitions.get(partition);
        items.add(new Item(partition, items.size(), null, "no outcome"));
    }

    List<List<Item>> items() {
        return partitions;
    }

    /** Returns how often the topic was opened, which restarts reading. */
    int opened() {
        return opened;
    }

    long delivered() {
        return delivered;
    }

    @Override
    public int partitions() {
        return partitions.size();
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public void open(Map<Integer, Long> offsets) {
        opened++;
        positions.clear();
        offsets.forEach((number, offset) -> positions.put(number, Math.toIntExact(offset)));
    }

    @Override
    public List<Item> poll(Set<Integer> wanted) {
        List<Item> items = new ArrayList<>();
        for (int number : wanted) {
            int from = positions.get(number);
            int to = Math.min(partitions.get(number).size(), from + random.nextInt(MAX_AT_ONCE));
            items.addAll(partitions.get(number).subList(from, to));
            positions.put(number, to);
        }
        delivered += items.size();
        return items;
    }

    @Override
    public boolean isAtEnd(int partition) {
        return positions.get(partition) == partitions.get(partition).size();
    }
}
