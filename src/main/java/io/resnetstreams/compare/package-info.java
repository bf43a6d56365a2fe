/**
 * Compares the labels of two outputs, event by event.
 *
 * <p>Start at {@link io.resnetstreams.compare.OutcomeJoin} and {@link io.resnetstreams.compare.LabelComparison}.
 * It must not depend on the command line.
 */
package io.resnetstreams.compare;
