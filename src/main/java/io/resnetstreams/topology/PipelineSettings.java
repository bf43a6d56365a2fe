package io.resnetstreams.topology;

import java.time.Duration;
import java.util.Map;

/**
 * What a pipeline needs to know of Kafka.
 *
 * @param maxMessageBytes the largest record on the input topic
 * @param onGap what to do where events are gone from the input topic
 * @param kafka further properties of Kafka Streams and its clients, which win over the pipeline's own
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
