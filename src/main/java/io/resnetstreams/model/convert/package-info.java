/**
 * Import of PyTorch, Hugging Face, timm and MXNet networks, quantization, and comparison with a reference. Start at
 * {@link ModelImport}, {@link SymbolImport} and {@link ModelQuantization}. It must not know training, Kafka or batches.
 */
package io.resnetstreams.model.convert;
