/**
 * Verified model directories, and the interface of a network on a device. Start at {@link ModelDirectory} and {@link
 * Classifier}. It must not know Kafka, batches or the engine's devices.
 */
package io.resnetstreams.model;
