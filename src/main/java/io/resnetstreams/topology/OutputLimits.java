package io.resnetstreams.topology;

import io.resnetstreams.topology.TopicCheck.TopicFacts;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The limits for records of an output topic.
 *
 * @param maxBytes the largest record, in bytes as {@link RecordSize} measures it
 * @param setting the setting that limits {@code maxBytes}, with its value, for messages
 * @param needsKey whether the topic is compacted, so that it refuses records without a key
 * @param pastMillis how old a record's timestamp may be
 * @param futureMillis how far in the future a record's timestamp may be
 */
record OutputLimits(long maxBytes, String setting, boolean needsKey, long pastMillis, long futureMillis) {
    /** Covers the time until the broker checks a record's timestamp, and the difference between the clocks. */
    private static final long TIMESTAMP_MARGIN_MILLIS = 600_000;

    /** How much compression may enlarge a batch that is not compressible. */
    private static final int COMPRESSION_SHARE = 1_000;

    private static final int COMPRESSION_BYTES = 64;

    /** Returns the limits if only that of the producer's requests is known. */
    static OutputLimits ofRequests(long maxRequestBytes) {
        return new OutputLimits(
                maxRequestBytes,
                "the producer's max.request.size is " + maxRequestBytes,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE);
    }

    static OutputLimits of(TopicFacts topic, long maxRequestBytes) {
        OutputLimits requests = ofRequests(maxRequestBytes);
        if (topic.configuration().isEmpty()) {
            return requests;
        }
        long batch = topic.maxMessageBytes().orElse(Long.MAX_VALUE);
        long record = batch == Long.MAX_VALUE ? batch : batch - batch / COMPRESSION_SHARE - COMPRESSION_BYTES;
        boolean topicIsStricter = record < maxRequestBytes;
        return new OutputLimits(
                topicIsStricter ? record : maxRequestBytes,
                topicIsStricter
                        ? TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " of " + topic.name() + " is " + batch
                        : requests.setting,
                topic.isCompacted(),
                topic.timestampLimit(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
                topic.timestampLimit(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG));
    }

    /** Returns the event's timestamp, or the current time (both in milliseconds) if the topic would refuse it. */
    long timestamp(long ofEvent, long now) {
        if (ofEvent < 0) {
            return now;
        }
        long margin = Math.min(TIMESTAMP_MARGIN_MILLIS, pastMillis / 2);
        boolean tooOld = pastMillis != Long.MAX_VALUE && ofEvent < now - (pastMillis - margin);
        boolean tooFarAhead = futureMillis != Long.MAX_VALUE
                && ofEvent > now
                && ofEvent - now > futureMillis - Math.min(TIMESTAMP_MARGIN_MILLIS, futureMillis / 2);
        return tooOld || tooFarAhead ? now : ofEvent;
    }
}
