/**
 * Finds the precision in which a device runs a model faster than in fp32 with the same labels, and remembers what was found.
 *
 * <p>Start at {@link io.resnetstreams.precision.PrecisionChoice}. It knows neither Kafka nor the configuration.
 */
package io.resnetstreams.precision;
