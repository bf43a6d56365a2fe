/**
 * From the bytes of an image file to the pixels of a network: header checks and limits, decoding, orientation,
 * resampling. Start at {@link ImagePreprocessor}, {@link ImageHeader} and {@link ImageLimits}. It must not know Kafka,
 * the engine or models.
 */
package io.resnetstreams.image;
