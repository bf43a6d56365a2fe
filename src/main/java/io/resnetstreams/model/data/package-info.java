/**
 * Labelled images for training, evaluation and range calibration, and the labels of classes.
 *
 * <p>Start at {@link io.resnetstreams.model.data.EvaluationSet}, {@link
 * io.resnetstreams.model.data.LabelledFolders} and {@link io.resnetstreams.model.data.SynsetFile}. It must not
 * know networks in the engine, or Kafka.
 */
package io.resnetstreams.model.data;
