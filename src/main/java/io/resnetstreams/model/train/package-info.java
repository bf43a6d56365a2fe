/**
 * Training and evaluation of networks.
 *
 * <p>Start at {@link io.resnetstreams.model.train.ResNetTrainer} and {@link
 * io.resnetstreams.model.train.Evaluation}. It must not know Kafka, or the conversion of foreign networks.
 */
package io.resnetstreams.model.train;
