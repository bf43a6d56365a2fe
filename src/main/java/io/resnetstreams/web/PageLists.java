package io.resnetstreams.web;

import io.resnetstreams.events.LabelEvent.Label;
import java.util.List;

/** The entries of the page's lists, which page.js receives as JSON and {@link PageFragments} renders as HTML. Stateless. */
final class PageLists {
    /** Number of labels that the page shows for an image. */
    private static final int BARS = 3;

    private static final int LONGEST_ID = 200;

    private PageLists() {}

    /** One label of an image; the probability has four decimals. */
    record Bar(String label, double probability) {}

    /**
     * A labelled event.
     *
     * @param picture whether its picture can be requested
     * @param labels the most probable labels, in descending order
     */
    record Card(long number, String id, String source, String latency, boolean picture, List<Bar> labels) {
        static Card of(RecentOutcome outcome) {
            List<Label> labels = outcome.label().labels();
            return new Card(
                    outcome.number(),
                    shorten(outcome.label().id()),
                    outcome.source().toString(),
                    Figures.millis(Math.max(1, outcome.latencyMillis())),
                    outcome.event() != null,
                    labels.subList(0, Math.min(BARS, labels.size())).stream()
                            .map(label -> new Bar(label.label(), Math.round(label.probability() * 10_000) / 1e4))
                            .toList());
        }
    }

    private static String shorten(String text) {
        if (text.length() <= LONGEST_ID) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_ID - 1)) ? LONGEST_ID - 1 : LONGEST_ID;
        return text.substring(0, end) + "…";
    }

    /** The dead letters of one kind, with the latest ones. */
    record Kind(String stage, String code, String count, List<Letter> last) {
        static Kind of(RecentOutcomes.DeadLetters letters) {
            return new Kind(
                    letters.kind().stage(),
                    letters.kind().code(),
                    Figures.count(letters.count()),
                    letters.last().stream().map(Letter::of).toList());
        }
    }

    /**
     * A dead letter.
     *
     * @param key null if there is none
     * @param millis time of the commit, since the epoch
     * @param content whether its payload can be requested and resent
     * @param sentBack whether it was resent
     */
    record Letter(
            long number, String source, String key, String reason, long millis, boolean content, boolean sentBack) {
        static Letter of(RecentOutcome letter) {
            return new Letter(
                    letter.number(),
                    letter.source().toString(),
                    letter.rejection().key(),
                    letter.rejection().reason(),
                    letter.committedMillis(),
                    letter.event() != null && letter.rejection().hasContent(),
                    letter.isResent());
        }
    }

    /** A running backfill; the share of its offsets is from 0 to 1. */
    record Run(String name, String text, double share) {
        static Run of(InstanceView.Backfill run) {
            double share = run.total() == 0 ? 1 : Math.round(1e3 * run.done() / run.total()) / 1e3;
            String text = run.state() + ": " + Figures.count(run.done()) + " of " + Figures.count(run.total())
                    + " offsets, " + Figures.percent(share);
            return new Run(run.name(), text, share);
        }
    }
}
