/**
 * Networks as graphs and parameters: architectures, MXNet's file formats, folding, cost and precision.
 *
 * <p>Start at {@link io.resnetstreams.model.network.ResNetArchitecture}, {@link
 * io.resnetstreams.model.network.ResNetSymbol} and {@link io.resnetstreams.model.network.ParametersFile}. It must
 * not know model directories, Kafka or batches.
 */
package io.resnetstreams.model.network;
