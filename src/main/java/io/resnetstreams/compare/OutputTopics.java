package io.resnetstreams.compare;

/**
 * The topics to which a pipeline or a run writes its outcomes.
 *
 * @param name the name that the user gave
 * @param labels the labels topic
 * @param deadLetters the dead-letter topic; null if it is not known
 */
public record OutputTopics(String name, String labels, String deadLetters) {}
