package io.resnetstreams.events;

/**
 * An event read: the image file it carries, and the id its label will bear.
 *
 * @param image the bytes of an image file (JPEG, PNG, …), not yet decoded
 */
public record ImageEvent(String id, byte[] image) {}
