/**
 * Import of PyTorch, Hugging Face, timm and MXNet networks, quantization, and comparison with a reference.
 *
 * <p>Start at {@link io.resnetstreams.model.convert.ModelImport}, {@link
 * io.resnetstreams.model.convert.SymbolImport} and {@link io.resnetstreams.model.convert.ModelQuantization}. It
 * must not know training, Kafka or batches.
 */
package io.resnetstreams.model.convert;
