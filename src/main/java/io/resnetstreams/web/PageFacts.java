package io.resnetstreams.web;

import io.resnetstreams.topology.InFlightLimits;

/**
 * The settings of an instance that the page needs.
 *
 * @param version of this program
 * @param host the configured address of the server
 * @param pictures whether the page shows the content of events: pictures, and payloads of dead letters
 * @param actions whether the page can resend dead letters; it then shows their payloads too
 * @param references whether events may refer to their images
 */
public record PageFacts(
        String application,
        String inputTopic,
        String version,
        String host,
        boolean pictures,
        boolean actions,
        boolean references,
        InFlightLimits limits,
        int decodeThreads) {
    boolean payloads() {
        return pictures || actions;
    }
}
