package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;

import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImageFormat;
import java.io.IOException;

/**
 * {@code GET /pictures/NUMBER-INSTANCE}: the unchanged image file of a labelled event. Its content type is derived from its
 * first bytes and is always an image type that can't contain scripts.
 */
final class PictureHandler {
    /** Extracts the image from an event that the pipeline has already checked. */
    private static final EventReader READER = new EventReader(
            new EventLimits(1_000, Integer.MAX_VALUE, 1_000_000, Integer.MAX_VALUE, Integer.MAX_VALUE),
            Integer.MAX_VALUE);

    private PictureHandler() {}

    static void handle(HttpExchange exchange, LivePage page) throws IOException {
        RecentOutcome label = page.recent().label(page.number(exchange));
        RawEvent event = label == null ? null : label.event();
        byte[] image;
        String type;
        try {
            image = event == null ? new byte[0] : READER.read(event).image();
            type = ImageFormat.mediaType(image);
        } catch (RejectedEventException e) {
            WebServer.answer(exchange, HTTP_NOT_FOUND, "the picture is not available; only recent ones are kept");
            return;
        }
        WebServer.answer(exchange, HTTP_OK, type, image);
    }
}
