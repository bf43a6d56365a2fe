package io.resnetstreams.web;

import io.resnetstreams.metrics.CountsSnapshot;

/**
 * The state that the page shows, except the outcomes.
 *
 * @param point the latest point of the plots, or null before the first
 */
record Reading(InstanceView view, CountsSnapshot counts, Rates rates, Bottleneck bottleneck, Point point) {
    static Reading of(PageFacts facts, InstanceView view, CountsSnapshot counts, Rates rates, Point point) {
        boolean hasDevices = !counts.devices().isEmpty();
        double window = window(facts, view);
        Bottleneck bottleneck = Bottleneck.of(new Bottleneck.Signs(
                view.group().lagEvents().orElse(0),
                view.group().lagSeconds().orElse(0),
                window,
                rates.decodeBusy() / facts.decodeThreads(),
                rates.deviceBusy(),
                rates.labelsPerSecond() + rates.deadLettersPerSecond() > 0,
                hasDevices && counts.devices().values().stream().allMatch(CountsSnapshot.Device::failed)));
        return new Reading(view, counts, rates, bottleneck, point);
    }

    /** Returns the used share of the window, in events or bytes, whichever is greater. */
    static double window(PageFacts facts, InstanceView view) {
        return Math.min(
                1,
                Math.max(
                        (double) view.inFlightEvents() / facts.limits().maxEvents(),
                        (double) view.inFlightBytes() / facts.limits().maxBytes()));
    }
}
