package io.resnetstreams.topology;

import org.apache.kafka.common.config.TopicConfig;

/**
 * Which records an output topic takes.
 *
 * @param maxBytes bytes of a record as {@link RecordSize} measures it
 * @param setting the setting that {@code maxBytes} comes from, with its value, for people
 * @param needsKey whether the topic is compacted and so refuses records without a key
 * @param pastMillis how old a record's timestamp may be
 * @param futureMillis how far ahead a record's timestamp may be
 */
record OutputLimits(long maxBytes, String setting, boolean needsKey, long pastMillis, long futureMillis) {
    /** A record may wait for so long before the broker looks at its timestamp, whose clock may differ too. */
    private static final long TIMESTAMP_MARGIN_MILLIS = 600_000;

    /** A single record's batch may grow by its compression, where it can't be compressed. */
    private static final int COMPRESSION_SHARE = 1_000;

    private static final int COMPRESSION_BYTES = 64;

    /** Returns limits of which only that of the producer's requests is known. */
    static OutputLimits ofRequests(long maxRequestBytes) {
        return new OutputLimits(
                maxRequestBytes,
                "the producer's max.request.size is " + maxRequestBytes,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE);
    }

    /** Returns the limits of a topic, for a producer with this largest request. */
    static OutputLimits of(TopicFacts topic, long maxRequestBytes) {
        OutputLimits requests = ofRequests(maxRequestBytes);
        if (topic.configuration().isEmpty()) {
            return requests;
        }
        long batch = topic.maxMessageBytes().orElse(Long.MAX_VALUE);
        long record = batch == Long.MAX_VALUE ? batch : batch - batch / COMPRESSION_SHARE - COMPRESSION_BYTES;
        boolean isTopics = record < maxRequestBytes;
        return new OutputLimits(
                isTopics ? record : maxRequestBytes,
                isTopics
                        ? TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " of " + topic.name() + " is " + batch
                        : requests.setting,
                topic.isCompacted(),
                topic.setsTimestamps()
                        ? Long.MAX_VALUE
                        : millis(topic, TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG),
                topic.setsTimestamps()
                        ? Long.MAX_VALUE
                        : millis(topic, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG));
    }

    private static long millis(TopicFacts topic, String setting) {
        return topic.setting(setting).map(Long::valueOf).orElse(Long.MAX_VALUE);
    }

    /**
     * Returns the timestamp for a record whose event has this one: the same, or the present where the topic would refuse it.
     * Both are in milliseconds since the epoch.
     */
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
