package io.resnetstreams.compare;

/**
 * Where a pipeline or a run has written its outcomes.
 *
 * @param name what its user calls it
 * @param labels the topic of its labels
 * @param deadLetters the topic of its dead letters; null where it is not known
 */
public record OutputTopics(String name, String labels, String deadLetters) {}
