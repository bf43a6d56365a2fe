package io.resnetstreams.faults;

import java.io.IOException;
import java.nio.file.Path;

/** Events, and what they become offline. */
interface EventSupply {
    /** The key and id of an event, and its value. */
    record Event(String id, byte[] value) {}

    /** Returns the event of a number, counted from 0. */
    Event event(int number);

    /** Writes what the first events become, as {@code check --expected} reads it. */
    void writeExpected(Path file, int events) throws IOException;
}
