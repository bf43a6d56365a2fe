/**
 * The engine behind {@link io.resnetstreams.model.Classifier}: devices, networks on them, and the measured batch size.
 *
 * <p>Start at {@link DeviceModel} and {@link DeviceSelector}. It must not know Kafka. With {@code model} and its sub-packages
 * it is the only place that knows an engine.
 */
package io.resnetstreams.inference.engine;
