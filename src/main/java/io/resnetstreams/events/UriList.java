package io.resnetstreams.events;

import java.util.ArrayList;
import java.util.List;

/** The images in a list of URIs, a line each; lines that begin with {@code #} are comments (RFC 2483, section 5). */
final class UriList {
    private UriList() {}

    /** Returns an image for each URI. If there are several, {@code #} and its number, from 0, follow the id. */
    static List<ImageEvent> images(String text, String id) throws RejectedEventException {
        List<String> uris = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                .toList();
        if (uris.isEmpty()) {
            throw new RejectedEventException(
                    Stage.EVENT,
                    "no_image",
                    "the list has no URI; the URI of an image is needed, such as s3://BUCKET/KEY");
        }
        List<ImageEvent> images = new ArrayList<>();
        for (String uri : uris) {
            images.add(ImageEvent.stored(
                    uris.size() == 1 ? id : id + "#" + images.size(),
                    new ImageReference(uri, null, ImageReference.UNKNOWN_SIZE)));
        }
        return images;
    }
}
