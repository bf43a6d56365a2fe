package io.resnetstreams.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;

/**
 * {@code GET /pictures/NUMBER-INSTANCE}: the unchanged image file of a labelled event. Its content type is derived from its
 * first bytes and is always an image type that can't contain scripts.
 */
final class PictureHandler implements HttpHandler {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    /** Extracts the image from an event that the pipeline has already checked. */
    private static final EventReader READER = new EventReader(
            new EventLimits(1_000, Integer.MAX_VALUE, 1_000_000, Integer.MAX_VALUE, Integer.MAX_VALUE),
            Integer.MAX_VALUE);

    private final LivePage page;

    PictureHandler(LivePage page) {
        this.page = page;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long number = OutcomeNames.number(exchange, page.instance());
        RecentOutcome label = number == OutcomeNames.NONE ? null : page.recent().label(number);
        RawEvent event = label == null ? null : label.event();
        byte[] image = event == null ? null : image(event);
        String type = image == null ? null : type(image);
        if (type == null) {
            WebServer.answer(exchange, NOT_FOUND, "this picture is not kept, or no longer");
            return;
        }
        WebServer.answer(exchange, OK, type, image);
    }

    private static byte[] image(RawEvent event) {
        try {
            return READER.read(event).image();
        } catch (RejectedEventException e) {
            return null;
        }
    }

    /** Returns the content type, or null if it is not one of the supported image formats. */
    static String type(byte[] image) {
        if (starts(image, 0, 0xFF, 0xD8)) {
            return "image/jpeg";
        }
        if (starts(image, 0, 0x89, 'P', 'N', 'G')) {
            return "image/png";
        }
        if (starts(image, 0, 'G', 'I', 'F', '8')) {
            return "image/gif";
        }
        if (starts(image, 0, 'B', 'M')) {
            return "image/bmp";
        }
        return starts(image, 0, 'R', 'I', 'F', 'F') && starts(image, 8, 'W', 'E', 'B', 'P') ? "image/webp" : null;
    }

    private static boolean starts(byte[] file, int at, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (file.length <= at + i || (file[at + i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
