/**
 * A running instance: the model on its devices, batchers and decode pool, status lines, and the end of the
 * process.
 *
 * <p>Start at {@link io.resnetstreams.service.ClassificationStack} and {@link
 * io.resnetstreams.service.Termination}. It must not know the command line.
 */
package io.resnetstreams.service;
