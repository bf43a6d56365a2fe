package io.resnetstreams.web;

import io.resnetstreams.metrics.UncommittedOutcomes.DeadLetterKind;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The latest committed labels and dead letters, the latter by stage and code. Number and bytes are bounded.
 *
 * <p>Threading: thread-safe; a commit takes the lock once.
 */
final class RecentOutcomes {
    /** Number of labels that can be filtered. */
    static final int MOST_LABELS = 512;

    static final int MOST_OF_A_KIND = 20;
    private static final long LABEL_BYTES = 16L << 20;
    private static final long DEAD_LETTER_BYTES = 1L << 20;
    /** Bounds the memory; the pipeline has about twenty codes. */
    private static final int MOST_KINDS = 64;

    private static final DeadLetterKind OTHER = new DeadLetterKind("other", "other");

    private final InstantSource clock;
    private final OutcomeRing labels = new OutcomeRing(MOST_LABELS, LABEL_BYTES);
    private final Map<DeadLetterKind, Group> groups = new HashMap<>();
    private long lastNumber;
    private long deadLettersVersion;

    private static final class Group {
        private final OutcomeRing last = new OutcomeRing(MOST_OF_A_KIND, DEAD_LETTER_BYTES);
        private long count;

        private List<RecentOutcome> newest() {
            return last.newest(0, MOST_OF_A_KIND, any -> true);
        }
    }

    /**
     * The dead letters of one kind at one moment.
     *
     * @param count since the start of the instance
     * @param last the latest, newest first
     */
    record DeadLetters(DeadLetterKind kind, long count, List<RecentOutcome> last) {}

    RecentOutcomes(InstantSource clock) {
        this.clock = clock;
    }

    /** Returns a ring for uncommitted outcomes. */
    static OutcomeRing pending() {
        return new OutcomeRing(MOST_LABELS / 4, LABEL_BYTES / 4);
    }

    /** Adds the outcomes of a commit, and counts its dead letters, whether or not they are kept. */
    synchronized void committed(List<RecentOutcome> outcomes, Map<DeadLetterKind, Long> deadLettersByKind) {
        long now = clock.millis();
        for (RecentOutcome outcome : outcomes) {
            outcome.committed(++lastNumber, now);
            if (outcome.rejection() == null) {
                labels.add(outcome);
            } else {
                group(outcome.rejection().kind()).last.add(outcome);
            }
        }
        deadLettersByKind.forEach((kind, more) -> group(kind).count += more);
        deadLettersVersion += deadLettersByKind.size();
    }

    private Group group(DeadLetterKind kind) {
        DeadLetterKind known = groups.containsKey(kind) || groups.size() < MOST_KINDS ? kind : OTHER;
        return groups.computeIfAbsent(known, first -> new Group());
    }

    /** Returns the newest labels that have a greater number and match, newest first. */
    synchronized List<RecentOutcome> labels(long after, int most, Predicate<RecentOutcome> wanted) {
        return labels.newest(after, most, wanted);
    }

    /** Returns all dead letters, the most frequent kind first. */
    synchronized List<DeadLetters> deadLetters() {
        return groups.entrySet().stream()
                .map(kind -> new DeadLetters(
                        kind.getKey(), kind.getValue().count, kind.getValue().newest()))
                .sorted(Comparator.comparing(DeadLetters::count)
                        .reversed()
                        .thenComparing(letters -> letters.kind().stage())
                        .thenComparing(letters -> letters.kind().code()))
                .toList();
    }

    /** Returns a label by its number, or null if it is not kept. */
    synchronized RecentOutcome label(long number) {
        return labels.find(number).orElse(null);
    }

    /** Returns a dead letter by its number, or null if it is not kept. */
    synchronized RecentOutcome deadLetter(long number) {
        return groups.values().stream()
                .flatMap(group -> group.last.find(number).stream())
                .findFirst()
                .orElse(null);
    }

    synchronized void touchDeadLetters() {
        deadLettersVersion++;
    }

    /** Returns a version that increases whenever the dead letters change. */
    synchronized long deadLettersVersion() {
        return deadLettersVersion;
    }

    synchronized long lastNumber() {
        return lastNumber;
    }
}
