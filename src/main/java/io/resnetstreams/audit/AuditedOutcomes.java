package io.resnetstreams.audit;

import io.resnetstreams.audit.TopicAudit.Fault;
import io.resnetstreams.events.Part;
import io.resnetstreams.events.SourcePosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The labels, or the dead letters, of one input partition. If the input topic was deleted and created again, an offset may have
 * had another event before: an outcome whose timestamp is not its event's belongs to the earlier topic.
 *
 * <p>Memory: a bit an event, and four bytes an outcome. Threading: one thread.
 */
final class AuditedOutcomes {
    /** Stands for an unknown timestamp, which equals any other. */
    private static final int UNKNOWN = 0;

    private final BitSet seen = new BitSet();
    private final Times times = new Times();
    private final Map<String, Integer> lastByPlace = new HashMap<>();
    private final Map<Integer, List<Suspicion>> suspicions = new HashMap<>();
    /** The images that have an outcome, of events with several images, by bit. */
    private final TreeMap<Integer, Parts> parts = new TreeMap<>();

    private long count;
    private long ofEarlierTopic;

    /** A fault, unless one of its outcomes, given by bit and timestamp, turns out to belong to an earlier topic. */
    private record Suspicion(Fault fault, String example, Map<Integer, Integer> times) {}

    /** The numbers of the images of an event that have an outcome, from 1, and how many images it has. */
    record Parts(BitSet numbers, int of) {}

    /** Timestamps by bit, four bytes each, in pages that are allocated when needed. */
    private static final class Times {
        private static final int PAGE_BITS = 8;

        private int[][] pages = new int[16][];

        int get(int place) {
            int[] page = place >> PAGE_BITS < pages.length ? pages[place >> PAGE_BITS] : null;
            return page == null ? UNKNOWN : page[place & (1 << PAGE_BITS) - 1];
        }

        void set(int place, int time) {
            int page = place >> PAGE_BITS;
            if (time == get(place)) {
                return;
            }
            if (page >= pages.length) {
                pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length + pages.length / 2));
            }
            if (pages[page] == null) {
                pages[page] = new int[1 << PAGE_BITS];
            }
            pages[page][place & (1 << PAGE_BITS) - 1] = time;
        }
    }

    /** Different timestamps have the same code only if they are a multiple of 49.7 days apart, to the millisecond. */
    private static int code(long timestamp) {
        return timestamp < 0 ? UNKNOWN : (int) timestamp == UNKNOWN ? 1 : (int) timestamp;
    }

    private static boolean differ(int time, int other) {
        return time != UNKNOWN && other != UNKNOWN && time != other;
    }

    /** Adds the outcome of the event at a bit, in offset order for one place; an unknown timestamp is below zero. */
    void add(String place, SourcePosition source, int bit) {
        int time = code(source.timestamp());
        if (seen.get(bit)) {
            if (!differ(time, times.get(bit))) {
                count++;
                suspect(new Suspicion(Fault.DUPLICATE, source.toString(), Map.of(bit, time)));
                return;
            }
            // Outcomes of an earlier topic precede those of the present one.
            ofEarlierTopic++;
        } else {
            seen.set(bit);
            count++;
            Integer last = lastByPlace.get(place);
            if (last != null && last > bit) {
                suspect(new Suspicion(
                        Fault.OUT_OF_ORDER,
                        source + " after offset " + (source.offset() - bit + last),
                        Map.of(bit, time, last, times.get(last))));
            }
        }
        times.set(bit, time);
        lastByPlace.put(place, bit);
    }

    /** Adds the outcome of one of several images of the event at a bit; the part is null if the event has one image. */
    void add(String place, SourcePosition source, int bit, Part part) {
        if (part == null) {
            add(place, source, bit);
            return;
        }
        int time = code(source.timestamp());
        Parts known = parts.get(bit);
        if (known == null || differ(time, times.get(bit))) {
            known = new Parts(new BitSet(), part.of());
            parts.put(bit, known);
            add(place, source, bit);
        } else if (known.numbers.get(part.number())) {
            count++;
            suspect(new Suspicion(Fault.DUPLICATE, source + " part " + part, Map.of(bit, time)));
        } else {
            count++;
            int last = lastByPlace.getOrDefault(place, bit);
            if (last > bit || known.numbers.nextSetBit(part.number()) >= 0) {
                suspect(new Suspicion(
                        Fault.OUT_OF_ORDER,
                        source + " part " + part + " after "
                                + (last > bit ? "offset " + (source.offset() - bit + last) : "a later part"),
                        Map.of(bit, time)));
            }
            lastByPlace.put(place, bit);
        }
        known.numbers.set(part.number());
    }

    /** Returns the events with several images of which some have an outcome here, by bit. */
    Map<Integer, Parts> parts() {
        return parts;
    }

    private void suspect(Suspicion suspicion) {
        suspicion.times.keySet().forEach(bit -> suspicions
                .computeIfAbsent(bit, key -> new ArrayList<>(1))
                .add(suspicion));
    }

    /** Adds an event, and removes an outcome that is not its own. */
    void event(int bit, long timestamp) {
        int time = code(timestamp);
        for (Suspicion suspicion : List.copyOf(suspicions.getOrDefault(bit, List.of()))) {
            if (differ(time, suspicion.times.get(bit))) {
                suspicion.times.keySet().forEach(other -> suspicions.get(other).remove(suspicion));
                if (suspicion.fault == Fault.DUPLICATE) {
                    count--;
                    ofEarlierTopic++;
                }
            }
        }
        if (seen.get(bit) && differ(time, times.get(bit))) {
            seen.clear(bit);
            parts.remove(bit);
            count--;
            ofEarlierTopic++;
        }
    }

    boolean contains(int bit) {
        return seen.get(bit);
    }

    void forget(int below) {
        seen.clear(0, below);
        parts.headMap(below).clear();
    }

    BitSet places() {
        return (BitSet) seen.clone();
    }

    /** Returns the number of outcomes, including duplicates. */
    long count() {
        return count;
    }

    /** Returns the number of outcomes that belong to an earlier topic. */
    long ofEarlierTopic() {
        return ofEarlierTopic;
    }

    /** Reports each fault with its position; one about two bits is reported at the lower one. */
    void report(BiConsumer<Fault, String> found) {
        suspicions.forEach((bit, all) -> all.stream()
                .filter(suspicion -> suspicion.times.keySet().stream().allMatch(other -> bit <= other))
                .forEach(suspicion -> found.accept(suspicion.fault, suspicion.example)));
    }
}
