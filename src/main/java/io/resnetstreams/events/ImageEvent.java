package io.resnetstreams.events;

/**
 * An image of an event: an image file (JPEG, PNG, …), not yet decoded, a reference to one, or the reason why this image can't be
 * classified. Exactly one of the last three components is not null.
 *
 * @param id the id for its label
 * @param image the image file; must not be modified
 * @param reference where the image file is
 * @param rejection why this image of several has no outcome but a dead letter
 */
public record ImageEvent(String id, byte[] image, ImageReference reference, RejectedEventException rejection) {
    static ImageEvent inline(String id, byte[] image) {
        return new ImageEvent(id, image, null, null);
    }

    static ImageEvent stored(String id, ImageReference reference) {
        return new ImageEvent(id, null, reference, null);
    }

    static ImageEvent rejected(String id, RejectedEventException rejection) {
        return new ImageEvent(id, null, null, rejection);
    }
}
