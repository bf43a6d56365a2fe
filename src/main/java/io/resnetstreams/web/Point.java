package io.resnetstreams.web;

/**
 * A point of the plots; unknown values are NaN.
 *
 * @param millis time since the epoch
 * @param lag uncommitted events of the instance's partitions
 * @param p50 median time from an event's timestamp to its commit, in milliseconds, as are p95 and p99
 * @param batch mean batch size in images
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
