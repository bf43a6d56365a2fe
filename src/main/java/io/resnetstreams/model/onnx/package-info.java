/**
 * Networks in ONNX: converts graphs of MXNet, wraps files of others for uint8 images, and runs them in ONNX Runtime.
 *
 * <p>Start at {@link io.resnetstreams.model.onnx.OnnxConversion}. It must not know model directories.
 */
package io.resnetstreams.model.onnx;
