/**
 * Labelled images for training, evaluation and range calibration, and the labels of classes. Start at {@link
 * EvaluationSet}, {@link LabelledFolders} and {@link SynsetFile}. It must not know networks in the engine, or Kafka.
 */
package io.resnetstreams.model.data;
