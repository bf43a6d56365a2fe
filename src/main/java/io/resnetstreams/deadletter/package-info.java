/**
 * Stored dead letters, and sending their events again.
 *
 * <p>Start at {@link io.resnetstreams.deadletter.StoredDeadLetter} and {@link
 * io.resnetstreams.deadletter.DeadLetterSender}. It must not know the command line.
 */
package io.resnetstreams.deadletter;
