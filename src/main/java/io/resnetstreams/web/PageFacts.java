package io.resnetstreams.web;

import io.resnetstreams.topology.InFlightLimits;

/**
 * What is known of an instance before it starts.
 *
 * @param version of this program
 * @param host the address that the server listens at, as configured
 * @param pictures whether the page shows what events contain: pictures, and the payloads of dead letters
 * @param actions whether it sends dead letters back; their payloads are shown then, too
 */
public record PageFacts(
        String application,
        String inputTopic,
        String version,
        String host,
        boolean pictures,
        boolean actions,
        InFlightLimits limits,
        int decodeThreads) {
    boolean payloads() {
        return pictures || actions;
    }
}
