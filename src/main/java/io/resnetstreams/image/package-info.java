/**
 * From the bytes of an image file to the pixels a network sees: limits, completeness, decoding, resize and crop.
 * Knows neither Kafka nor DJL.
 */
package io.resnetstreams.image;
