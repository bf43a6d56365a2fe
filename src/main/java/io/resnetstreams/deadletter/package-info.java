/**
 * Stored dead letters, and sending their events again.
 *
 * <p>Start at {@link StoredDeadLetter} and {@link DeadLetterSender}. It must not know the command line.
 */
package io.resnetstreams.deadletter;
