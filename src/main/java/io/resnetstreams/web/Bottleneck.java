package io.resnetstreams.web;

import java.util.Locale;

/**
 * The stage that events wait for. The queue grows before the slowest stage.
 *
 * @param reason the explanation on the page
 */
record Bottleneck(Stage stage, String reason) {
    private static final double BUSY = 0.85;
    /** At this share of the window, partitions are paused now and then. */
    private static final double FULL = 0.9;

    private static final double HALF = 0.5;
    /** A single poll fills a smaller share. */
    private static final double SOME = 0.25;

    /** Several times the duration of a commit. */
    private static final double LONG_SECONDS = 5;

    /** The stages in the order in which events pass through them. */
    enum Stage {
        NONE,
        ARRIVALS,
        WINDOW,
        FETCH,
        DECODE,
        BATCHES,
        DEVICE,
        LABELS;

        /** Returns the name that the page uses. */
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param lagSeconds the age of the oldest uncommitted event
     * @param window the used share of the in-flight window, in events or bytes, whichever is greater
     * @param fetching the share of the events in flight whose image is being fetched
     * @param decodeBusy the share of decode threads that are decoding
     * @param moves whether outcomes were committed recently
     * @param devicesFailed whether all devices have failed
     */
    record Signs(
            double lagEvents,
            double lagSeconds,
            double window,
            double fetching,
            double decodeBusy,
            double deviceBusy,
            boolean moves,
            boolean devicesFailed) {}

    static Bottleneck of(Signs signs) {
        if (signs.devicesFailed()) {
            return new Bottleneck(Stage.DEVICE, "every device has failed");
        }
        if (signs.window() < SOME && !(signs.lagEvents() > 0)) {
            return new Bottleneck(Stage.NONE, "none: no events wait");
        }
        if (signs.deviceBusy() >= BUSY) {
            return new Bottleneck(Stage.DEVICE, "images wait for the device");
        }
        if (signs.window() >= SOME && signs.decodeBusy() >= BUSY) {
            return new Bottleneck(Stage.DECODE, "events wait for the decoders");
        }
        if (signs.window() >= SOME && signs.fetching() >= HALF) {
            return new Bottleneck(Stage.FETCH, "images are slow to fetch");
        }
        if (signs.window() >= FULL && !signs.moves()) {
            return new Bottleneck(Stage.DEVICE, "the window is full and no outcomes are committed");
        }
        if (signs.window() >= FULL && signs.deviceBusy() < SOME) {
            return new Bottleneck(Stage.LABELS, "outcomes wait for Kafka");
        }
        if (signs.window() >= FULL) {
            return new Bottleneck(Stage.WINDOW, "the window is full and the device is not: a larger one may help");
        }
        if (signs.lagEvents() > 0 && (signs.lagSeconds() >= LONG_SECONDS || !signs.moves())) {
            return new Bottleneck(Stage.ARRIVALS, "events wait in Kafka");
        }
        return new Bottleneck(Stage.NONE, "none: the instance keeps up");
    }
}
