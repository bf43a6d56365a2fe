/**
 * A running instance: the model on its devices, batchers and decode threads, status lines, and the shutdown of
 * the process.
 *
 * <p>Start at {@link io.resnetstreams.service.ClassificationStack} and {@link
 * io.resnetstreams.service.Termination}. It must not know the command line.
 */
package io.resnetstreams.service;
