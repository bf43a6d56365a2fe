/**
 * From the bytes of an image file to the pixels of a network: header checks and limits, decoding, orientation,
 * resampling.
 *
 * <p>Start at {@link io.resnetstreams.image.ImagePreprocessor}, {@link io.resnetstreams.image.ImageHeader} and
 * {@link io.resnetstreams.image.ImageLimits}. It must not know Kafka, the engine or models.
 */
package io.resnetstreams.image;
