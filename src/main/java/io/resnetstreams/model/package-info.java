/**
 * Verified model directories, and the interface of a network on a device.
 *
 * <p>Start at {@link io.resnetstreams.model.ModelDirectory} and {@link io.resnetstreams.model.Classifier}. It must
 * not know Kafka, batches or the engine's devices.
 */
package io.resnetstreams.model;
