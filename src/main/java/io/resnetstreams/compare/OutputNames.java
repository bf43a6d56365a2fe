package io.resnetstreams.compare;

/** Finds what a user names: the one place where a name becomes topics. */
@FunctionalInterface
public interface OutputNames {
    /**
     * Returns the topics of an output; whether they exist is not looked at.
     *
     * @throws IllegalArgumentException if this can't be the name of one
     */
    OutputTopics find(String name);
}
