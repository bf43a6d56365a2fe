package io.resnetstreams.events;

/** Reads the values of one schema. Thread-safe. */
@FunctionalInterface
interface FramedReader {
    /** Reads a value that begins with the framing. */
    FramedEvent read(byte[] value) throws RejectedEventException;
}
