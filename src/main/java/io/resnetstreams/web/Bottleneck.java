package io.resnetstreams.web;

import java.util.Locale;

/**
 * Where events wait: what is slowest has its queue before it.
 *
 * @param stage the stage that they wait for, or none
 * @param reason in words, for people
 */
record Bottleneck(Stage stage, String reason) {
    private static final double BUSY = 0.85;
    /** A window so full makes the partitions pause now and then. */
    private static final double FULL = 0.9;
    /** Less is what any poll brings. */
    private static final double SOME = 0.25;

    /** Several times what a commit takes. */
    private static final double LONG_SECONDS = 5;

    /** The stages in the order in which an event passes them. */
    enum Stage {
        NONE,
        ARRIVALS,
        WINDOW,
        DECODE,
        BATCHES,
        DEVICE,
        LABELS;

        /** Returns its name as the page has it. */
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What it is judged by.
     *
     * @param lagSeconds how long the oldest of them has been there
     * @param window the share of the in-flight window that is taken, in events or bytes, whichever is greater
     * @param decodeBusy the share of decode threads that are decoding
     * @param moves whether events flow, or have of late
     * @param devicesFailed whether no device is left
     */
    record Signs(
            long lagEvents,
            double lagSeconds,
            double window,
            double decodeBusy,
            double deviceBusy,
            boolean moves,
            boolean devicesFailed) {}

    static Bottleneck of(Signs signs) {
        if (signs.devicesFailed()) {
            return new Bottleneck(Stage.DEVICE, "every device has failed");
        }
        boolean waits = signs.window() >= SOME || signs.lagEvents() > 0;
        if (!waits) {
            return new Bottleneck(Stage.NONE, "nothing waits");
        }
        if (signs.deviceBusy() >= BUSY) {
            return new Bottleneck(Stage.DEVICE, "images wait for the device");
        }
        if (signs.window() >= SOME && signs.decodeBusy() >= BUSY) {
            return new Bottleneck(Stage.DECODE, "events wait for the decoders");
        }
        if (signs.window() >= FULL && !signs.moves()) {
            return new Bottleneck(Stage.DEVICE, "the window is full and nothing comes out");
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
        return new Bottleneck(Stage.NONE, "it keeps up");
    }
}
