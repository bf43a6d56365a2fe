/**
 * Networks as graphs and parameters: architectures, MXNet's file formats, folding, cost and precision. Start at {@link
 * ResNetArchitecture}, {@link ResNetSymbol} and {@link ParametersFile}. It must not know model directories, Kafka or
 * batches.
 */
package io.resnetstreams.model.network;
