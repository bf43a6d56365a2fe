/**
 * Errors for people, text, files and threads that every package needs.
 *
 * <p>Start at {@link io.resnetstreams.common.UserErrorException}, {@link io.resnetstreams.common.PlainText} and
 * {@link io.resnetstreams.common.RepeatingTask}. It must not know any other package of the product.
 */
package io.resnetstreams.common;
