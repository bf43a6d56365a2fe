/**
 * Training and evaluation of networks. Start at {@link ResNetTrainer} and {@link Evaluation}. It must not know Kafka,
 * or the conversion of foreign networks.
 */
package io.resnetstreams.model.train;
