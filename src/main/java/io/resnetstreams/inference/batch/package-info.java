/**
 * The queue, the batches, the device workers and their supervision.
 *
 * <p>Start at {@link io.resnetstreams.inference.batch.Batcher}, {@link
 * io.resnetstreams.inference.batch.DeviceWorker} and {@link io.resnetstreams.inference.batch.Watchdog}. It must
 * not know which engine is behind {@link io.resnetstreams.model.Classifier}, or Kafka.
 */
package io.resnetstreams.inference.batch;
