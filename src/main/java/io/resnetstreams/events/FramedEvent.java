package io.resnetstreams.events;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an Avro or Protobuf value says of its image, as it is read. Used once, by one thread. */
final class FramedEvent {
    private static final int MOST_NAMED = 10;

    private final SchemaFields fields;
    private String id;
    private byte[] image;
    private ImageReference reference;

    FramedEvent(SchemaFields fields) {
        this.fields = fields;
    }

    /** Returns the id, which may be empty; null without one. */
    String id() {
        return id;
    }

    void id(String text) {
        id = text;
    }

    /** Sets the image file. */
    void image(byte[] bytes) {
        image = bytes;
    }

    /** Sets the image from Base64, a data URL or a URI. */
    void image(String text) throws RejectedEventException {
        Optional<String> uri = ImageText.uri(text);
        if (uri.isPresent()) {
            reference = new ImageReference(uri.get(), null, ImageReference.UNKNOWN_SIZE);
        } else {
            image = ImageText.image(text, imageName());
        }
    }

    /** Sets the reference that a record in place of the image has. */
    void image(ReferenceFields record) throws RejectedEventException {
        reference = record.reference(imageName());
    }

    private String imageName() {
        return "the field '" + fields.imageField() + "'";
    }

    /** Returns the image, given the id that is determined for it. */
    ImageEvent toEvent(String finalId) {
        return image != null ? ImageEvent.inline(finalId, image) : ImageEvent.stored(finalId, reference);
    }

    /** Rejects an event without an image, by the fields that its schema has. */
    FramedEvent requireImage(String schema, List<String> names) throws RejectedEventException {
        if (image != null || reference != null) {
            return this;
        }
        String others = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        throw rejected(
                "no_image",
                "there is no value in " + imageName() + " (schemaRegistry.imageField); " + schema + " has "
                        + (names.isEmpty() ? "no fields" : "the fields " + others)
                        + (names.size() > MOST_NAMED ? ", …" : ""));
    }

    /** Returns the rejection of a field of another type than an image can have. */
    RejectedEventException notAnImage(String type) {
        return rejected(
                "image",
                imageName() + " is of the type " + type
                        + "; bytes, a string (Base64 or a URI), or a record with the field" + " 'uri', is needed");
    }

    /** Returns the rejection of a field of another type than an id can have. */
    RejectedEventException notAnId(String type) {
        return rejected(
                "id",
                "the field '" + fields.idField() + "' is of the type " + type
                        + "; a string or a whole number is needed");
    }

    static RejectedEventException rejected(String code, String reason) {
        return new RejectedEventException(Stage.EVENT, code, reason);
    }
}
