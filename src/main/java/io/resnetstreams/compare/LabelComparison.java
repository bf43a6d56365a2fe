package io.resnetstreams.compare;

import io.resnetstreams.compare.ComparisonResult.Event;
import io.resnetstreams.compare.ComparisonResult.Places;
import io.resnetstreams.compare.ComparisonResult.Shift;
import io.resnetstreams.compare.ComparisonResult.Side;
import io.resnetstreams.compare.ComparisonResult.SureChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Counts the differences that {@link OutcomeJoin} finds, and keeps a few examples. Threading: one thread. */
public final class LabelComparison implements OutcomeJoin.Listener {
    private final OutputTopics topicsA;
    private final OutputTopics topicsB;
    private final Map<OutcomeStream, Counts> counts = new EnumMap<>(OutcomeStream.class);
    private final ClassChanges classes = new ClassChanges();
    private final TopItems<Shift> shifts =
            new TopItems<>(Comparator.comparingDouble((Shift shift) -> -Math.abs(shift.shift()))
                    .thenComparing(Shift::source));
    private final TopItems<SureChange> surestChanges = new TopItems<>(
            Comparator.comparingDouble((SureChange change) -> -Math.min(change.probabilityA(), change.probabilityB()))
                    .thenComparing(SureChange::source));
    private final Examples<Event> onlyInA = new Examples<>();
    private final Examples<Event> onlyInB = new Examples<>();
    private final Examples<Event> deadLetterOnlyInA = new Examples<>();
    private final Examples<Event> deadLetterOnlyInB = new Examples<>();
    private final Examples<String> malformed = new Examples<>();
    private final int top;
    private long compared;
    private long changed;
    private long changedImages;
    private long changedImagesWithOtherLabel;

    /** Keeps up to {@code top} example events of each kind, at least one. */
    public LabelComparison(OutputTopics topicsA, OutputTopics topicsB, int top) {
        this.topicsA = topicsA;
        this.topicsB = topicsB;
        this.top = top;
        for (OutcomeStream stream : OutcomeStream.values()) {
            counts.put(stream, new Counts());
        }
    }

    private static final class Counts {
        private long outcomes;
        private long duplicates;
        private long misplaced;
        private long malformed;
    }

    /** Counts examples, and keeps the first ones. */
    private final class Examples<T> {
        private final List<T> first = new ArrayList<>();
        private long count;

        void add(T example) {
            count++;
            if (first.size() < top) {
                first.add(example);
            }
        }
    }

    /** Keeps the first items by an order, and drops the others. */
    private final class TopItems<T> {
        private final Comparator<T> order;
        private final PriorityQueue<T> kept;

        TopItems(Comparator<T> order) {
            this.order = order;
            this.kept = new PriorityQueue<>(order.reversed());
        }

        void add(T candidate) {
            if (kept.size() < top) {
                kept.add(candidate);
            } else if (order.compare(candidate, kept.element()) < 0) {
                kept.remove();
                kept.add(candidate);
            }
        }

        List<T> list() {
            return kept.stream().sorted(order).toList();
        }
    }

    @Override
    public void read(OutcomeStream stream, OutcomeReader.Item item) {
        if (item.outcome() == null) {
            counts.get(stream).malformed++;
            malformed.add(item.fault());
        } else {
            counts.get(stream).outcomes++;
        }
    }

    @Override
    public void duplicates(OutcomeStream stream, long count) {
        counts.get(stream).duplicates += count;
    }

    @Override
    public void misplaced(OutcomeStream stream) {
        counts.get(stream).misplaced++;
    }

    @Override
    public void outcomes(Map<OutcomeStream, SourceOutcome> outcomes) {
        SourceOutcome a = outcome(outcomes, OutcomeStream.LABELS_A, OutcomeStream.DEAD_LETTERS_A);
        SourceOutcome b = outcome(outcomes, OutcomeStream.LABELS_B, OutcomeStream.DEAD_LETTERS_B);
        if (b == null) {
            onlyInA.add(event(a));
        } else if (a == null) {
            onlyInB.add(event(b));
        } else if (a.best() != null && b.best() != null) {
            compare(a, b);
        } else if (b.best() != null) {
            deadLetterOnlyInA.add(event(b));
        } else if (a.best() != null) {
            deadLetterOnlyInB.add(event(a));
        }
    }

    /** Returns the label, or the dead letter if there is no label, or null. */
    private static SourceOutcome outcome(
            Map<OutcomeStream, SourceOutcome> outcomes, OutcomeStream labels, OutcomeStream deadLetters) {
        SourceOutcome label = outcomes.get(labels);
        return label == null ? outcomes.get(deadLetters) : label;
    }

    private void compare(SourceOutcome a, SourceOutcome b) {
        String from = a.best().label();
        String to = b.best().label();
        if (a.isOfOtherImage(b)) {
            changedImages++;
            changedImagesWithOtherLabel += from.equals(to) ? 0 : 1;
            return;
        }
        compared++;
        double probabilityA = a.best().probability();
        double probabilityB = b.best().probability();
        classes.add(from, to);
        if (!from.equals(to)) {
            changed++;
            surestChanges.add(new SureChange(a.id(), a.position(), from, to, probabilityA, probabilityB));
        } else if (probabilityA != probabilityB) {
            shifts.add(new Shift(a.id(), a.position(), from, probabilityA, probabilityB, probabilityB - probabilityA));
        }
    }

    private static Event event(SourceOutcome outcome) {
        return new Event(outcome.id(), outcome.position());
    }

    /** Returns the differences so far. */
    public ComparisonResult result() {
        return new ComparisonResult(
                side(topicsA, counts.get(OutcomeStream.LABELS_A), counts.get(OutcomeStream.DEAD_LETTERS_A)),
                side(topicsB, counts.get(OutcomeStream.LABELS_B), counts.get(OutcomeStream.DEAD_LETTERS_B)),
                compared,
                compared == 0 ? null : (double) (compared - changed) / compared,
                changed,
                onlyInA.count,
                onlyInB.count,
                deadLetterOnlyInA.count,
                deadLetterOnlyInB.count,
                changedImages,
                changedImagesWithOtherLabel,
                classes.changes(),
                classes.uncounted(),
                shifts.list(),
                surestChanges.list(),
                new Places(
                        List.copyOf(onlyInA.first),
                        List.copyOf(onlyInB.first),
                        List.copyOf(deadLetterOnlyInA.first),
                        List.copyOf(deadLetterOnlyInB.first),
                        List.copyOf(malformed.first)),
                classes);
    }

    private static Side side(OutputTopics topics, Counts labels, Counts deadLetters) {
        return new Side(
                topics,
                labels.outcomes,
                topics.deadLetters() == null ? null : deadLetters.outcomes,
                labels.duplicates + deadLetters.duplicates,
                labels.misplaced + deadLetters.misplaced,
                labels.malformed + deadLetters.malformed);
    }
}
