package io.resnetstreams.web;

import io.resnetstreams.common.Rounding;
import io.resnetstreams.metrics.CountsSnapshot;
import java.util.Map;

/**
 * The state that the page shows, except the outcomes.
 *
 * @param gauges the utilisation of each stage, from 0 to 1, by its name
 * @param point the latest point of the plots, or null before the first
 */
record Reading(
        InstanceView view,
        CountsSnapshot counts,
        Rates rates,
        Bottleneck bottleneck,
        Map<String, Double> gauges,
        History.Point point) {
    static Reading of(PageFacts facts, InstanceView view, CountsSnapshot counts, Rates rates, History.Point point) {
        boolean hasDevices = !counts.devices().isEmpty();
        // The used share of the window, in events or bytes, whichever is greater.
        double window = Math.max(
                (double) view.inFlightEvents() / facts.limits().maxEvents(),
                (double) view.inFlightBytes() / facts.limits().maxBytes());
        double decode = rates.decodeBusy() / facts.decodeThreads();
        Bottleneck bottleneck = Bottleneck.of(new Bottleneck.Signs(
                view.group().lagEvents(),
                view.group().lagSeconds(),
                window,
                (double) view.fetches().inFlight() / Math.max(1, view.inFlightEvents()),
                decode,
                rates.deviceBusy(),
                rates.labelsPerSecond() + rates.deadLettersPerSecond() > 0,
                hasDevices && counts.devices().values().stream().allMatch(CountsSnapshot.Device::failed)));
        Map<String, Double> gauges = Map.of(
                "window", gauge(window),
                "decode", gauge(decode),
                "batches", gauge(rates.fullBatches()),
                "device", gauge(rates.deviceBusy()));
        return new Reading(view, counts, rates, bottleneck, gauges, point);
    }

    private static double gauge(double share) {
        return Rounding.to(3, Math.min(1, share));
    }
}
