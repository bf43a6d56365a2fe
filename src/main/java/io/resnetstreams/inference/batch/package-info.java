/**
 * The queue, the batches, the device workers and their supervision.
 *
 * <p>Start at {@link Batcher}, {@link DeviceWorker} and {@link Watchdog}. It must not know which engine is behind {@link
 * io.resnetstreams.model.Classifier}, or Kafka.
 */
package io.resnetstreams.inference.batch;
