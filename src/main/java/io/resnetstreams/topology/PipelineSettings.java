package io.resnetstreams.topology;

import java.time.Duration;
import java.util.Map;

/**
 * The settings of a pipeline.
 *
 * @param maxMessageBytes the largest record on the input topic, in bytes
 * @param onGap what to do about events that were deleted from the input topic before they were processed
 * @param kafka further properties of Kafka Streams and its clients, which override those that the pipeline sets
 */
public record PipelineSettings(
        String applicationId,
        String bootstrapServers,
        Topics topics,
        Guarantee guarantee,
        int streamThreads,
        int maxMessageBytes,
        InFlightLimits inFlight,
        OnGap onGap,
        Duration shutdownTimeout,
        Map<String, String> kafka) {
    public PipelineSettings {
        kafka = Map.copyOf(kafka);
    }
}
