package io.resnetstreams.web;

/**
 * A point of the page's plots; what is unknown is NaN.
 *
 * @param millis when, since the epoch
 * @param lag events of the instance's partitions that are not committed
 * @param p50 milliseconds from an event's timestamp to its commit, as p95 and p99 are
 * @param batch images in a batch, in the mean
 */
record Point(
        long millis,
        double labels,
        double deadLetters,
        double arrivals,
        double lag,
        double p50,
        double p95,
        double p99,
        double batch) {}
