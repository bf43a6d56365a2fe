package io.resnetstreams.web;

import io.resnetstreams.metrics.DeadLetterKind;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The last labels and, by stage and code, the last dead letters that were committed, bounded in number and bytes.
 *
 * <p>Threading: thread-safe, by one lock that is taken once a commit.
 */
final class RecentOutcomes {
    /** So many labels are there to be filtered. */
    static final int MOST_LABELS = 512;

    static final int MOST_OF_A_KIND = 20;
    private static final long LABEL_BYTES = 16L << 20;
    private static final long DEAD_LETTER_BYTES = 1L << 20;
    /** The pipeline has some twenty codes; this bounds memory whatever they become. */
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
    }

    /**
     * Dead letters of one kind, as they are at one moment.
     *
     * @param count since the instance started
     * @param last the newest, newest first
     */
    record DeadLetters(DeadLetterKind kind, long count, List<RecentOutcome> last) {}

    RecentOutcomes(InstantSource clock) {
        this.clock = clock;
    }

    /** Returns a ring for outcomes that wait for their commit, which bounds them likewise. */
    static OutcomeRing pending() {
        return new OutcomeRing(MOST_LABELS / 4, LABEL_BYTES / 4);
    }

    /** They became visible. */
    synchronized void committed(List<RecentOutcome> outcomes) {
        long now = clock.millis();
        for (RecentOutcome outcome : outcomes) {
            outcome.committed(++lastNumber, now);
            if (outcome.rejection() == null) {
                labels.add(outcome);
            } else {
                group(outcome.rejection().kind()).last.add(outcome);
                deadLettersVersion++;
            }
        }
    }

    private Group group(DeadLetterKind kind) {
        DeadLetterKind known = groups.containsKey(kind) || groups.size() < MOST_KINDS ? kind : OTHER;
        return groups.computeIfAbsent(known, first -> new Group());
    }

    /** So many dead letters of this kind were committed; those told of one by one are among them. */
    synchronized void counted(DeadLetterKind kind, long more) {
        group(kind).count += more;
        deadLettersVersion++;
    }

    /** Returns the newest labels that are wanted and have a greater number, newest first. */
    synchronized List<RecentOutcome> labels(long after, int most, Predicate<RecentOutcome> wanted) {
        return labels.newest(after, most, wanted);
    }

    /** Returns all dead letters, the most frequent kind first. */
    synchronized List<DeadLetters> deadLetters() {
        List<DeadLetters> all = new ArrayList<>();
        for (Map.Entry<DeadLetterKind, Group> entry : groups.entrySet()) {
            Group group = entry.getValue();
            all.add(new DeadLetters(entry.getKey(), group.count, group.last.newest(0, MOST_OF_A_KIND, any -> true)));
        }
        all.sort(Comparator.comparing(DeadLetters::count)
                .reversed()
                .thenComparing(letters -> letters.kind().stage())
                .thenComparing(letters -> letters.kind().code()));
        return all;
    }

    /** Returns a label by its number, or null where it is gone. */
    synchronized RecentOutcome label(long number) {
        return first(labels.newest(number - 1, MOST_LABELS, label -> label.number() == number));
    }

    /** Returns a dead letter by its number, or null where it is gone. */
    synchronized RecentOutcome deadLetter(long number) {
        for (Group group : groups.values()) {
            RecentOutcome found =
                    first(group.last.newest(number - 1, MOST_OF_A_KIND, letter -> letter.number() == number));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static RecentOutcome first(List<RecentOutcome> outcomes) {
        return outcomes.isEmpty() ? null : outcomes.get(0);
    }

    /** Something about a dead letter that is kept has changed. */
    synchronized void touchDeadLetters() {
        deadLettersVersion++;
    }

    /** Returns a number that grows whenever the dead letters change. */
    synchronized long deadLettersVersion() {
        return deadLettersVersion;
    }

    /** Returns the greatest number that was given. */
    synchronized long lastNumber() {
        return lastNumber;
    }
}
