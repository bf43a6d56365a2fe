package io.resnetstreams.events;

/**
 * The content of an event: its image file, and the id for its label.
 *
 * @param image the bytes of an image file (JPEG, PNG, …), not yet decoded
 */
public record ImageEvent(String id, byte[] image) {}
