package io.resnetstreams.web;

import io.resnetstreams.metrics.CountsSnapshot;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rates between two snapshots of the counts; 0 if nothing happened in between.
 *
 * @param decodeMillis mean time to read and decode an event
 * @param decodeBusy mean number of threads that were decoding
 * @param waitMillis mean time that a decoded image waited for a device
 * @param meanBatch mean batch size in images
 * @param fullBatches share of batches that were full
 * @param inferenceMillis mean time of a batch on a device
 * @param deviceBusy share of time, from 0 to 1, that the workers of all working devices processed batches
 */
record Rates(
        double labelsPerSecond,
        double deadLettersPerSecond,
        double decodedPerSecond,
        double decodeMillis,
        double decodeBusy,
        double waitMillis,
        double meanBatch,
        double fullBatches,
        double inferenceMillis,
        double deviceBusy,
        Map<String, Double> busyByDevice) {
    private static final double MILLI = 1e6;

    static Rates between(CountsSnapshot from, CountsSnapshot to) {
        double seconds = (to.nanos() - from.nanos()) / 1e9;
        long batches = 0;
        long full = 0;
        long images = 0;
        long nanos = 0;
        int workers = 0;
        Map<String, Double> busy = new TreeMap<>();
        for (Map.Entry<String, CountsSnapshot.Device> entry : to.devices().entrySet()) {
            CountsSnapshot.Device now = entry.getValue();
            CountsSnapshot.Device before = from.devices().getOrDefault(entry.getKey(), CountsSnapshot.Device.NONE);
            long more = now.nanos() - before.nanos();
            batches += now.batches() - before.batches();
            full += now.full() - before.full();
            images += now.images() - before.images();
            nanos += more;
            workers += now.failed() ? 0 : now.workers();
            busy.put(entry.getKey(), share(more / 1e9, seconds * now.workers()));
        }
        double decodeNanos = to.decodeNanos() - from.decodeNanos();
        return new Rates(
                ratio(to.labels() - from.labels(), seconds),
                ratio(to.deadLetters() - from.deadLetters(), seconds),
                ratio(to.decoded() - from.decoded(), seconds),
                ratio(decodeNanos / MILLI, to.decoded() - from.decoded()),
                ratio(decodeNanos / 1e9, seconds),
                ratio((to.waitNanos() - from.waitNanos()) / MILLI, to.waited() - from.waited()),
                ratio(images, batches),
                ratio(full, batches),
                ratio(nanos / MILLI, batches),
                share(nanos / 1e9, seconds * workers),
                busy);
    }

    private static double ratio(double of, double to) {
        return to <= 0 ? 0 : of / to;
    }

    /** The whole time of a batch counts, even if the batch started before the first snapshot. */
    private static double share(double of, double to) {
        return Math.min(1, ratio(of, to));
    }
}
