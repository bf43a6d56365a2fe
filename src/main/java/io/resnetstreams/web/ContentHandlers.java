package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.events.EventLimits;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImageFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;

/** The handlers that respond with the content of events. Stateless. */
final class ContentHandlers {
    private static final int MOST_BYTES = 2_048;
    private static final int MOST_HEADERS = 50;
    private static final int LONGEST_TEXT = 500;
    private static final int ROW = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    /** Extracts the image from an event that the pipeline has already checked. */
    private static final EventReader READER = new EventReader(
            new EventLimits(1_000, Integer.MAX_VALUE, 1_000_000, Integer.MAX_VALUE, Integer.MAX_VALUE),
            Integer.MAX_VALUE);

    private ContentHandlers() {}

    /**
     * {@code GET /pictures/NUMBER-INSTANCE}: the unchanged image file of a labelled event. Its content type is derived from
     * its first bytes and is always an image type that can't contain scripts.
     */
    static void picture(HttpExchange exchange, LivePage page) throws IOException {
        RecentOutcome label = page.recent().label(page.number(exchange));
        RawEvent event = label == null ? null : label.event();
        byte[] image;
        String type;
        try {
            image = event == null ? new byte[0] : image(event);
            type = ImageFormat.mediaType(image);
        } catch (RejectedEventException e) {
            WebServer.answer(exchange, HTTP_NOT_FOUND, "the picture is not available; only recent ones are kept");
            return;
        }
        WebServer.answer(exchange, HTTP_OK, type, image);
    }

    private static byte[] image(RawEvent event) throws RejectedEventException {
        // The file of an image that the event refers to is not kept.
        byte[] image = READER.read(event).get(0).image();
        return image == null ? new byte[0] : image;
    }

    /**
     * {@code GET /payloads/NUMBER-INSTANCE}: the event of a dead letter as plain text: its key, its headers, and a hex dump
     * of the beginning of its value.
     */
    static void payload(HttpExchange exchange, LivePage page) throws IOException {
        RecentOutcome letter = page.recent().deadLetter(page.number(exchange));
        RawEvent event = letter == null ? null : letter.event();
        if (event == null) {
            WebServer.answer(
                    exchange, HTTP_NOT_FOUND, "the payload is not available here; 'dlq export' reads it from Kafka");
        } else {
            byte[] text = text(event).getBytes(UTF_8);
            WebServer.answer(exchange, HTTP_OK, "text/plain; charset=utf-8", text);
        }
    }

    private static String text(RawEvent event) {
        StringBuilder text = new StringBuilder("key      " + line(event.key(), "none") + "\n");
        int headers = 0;
        for (Header header : event.headers()) {
            if (headers++ == MOST_HEADERS) {
                text.append("header   … and more\n");
                break;
            }
            String name = line(header.key().getBytes(UTF_8), "");
            text.append("header   " + name + ": " + line(header.value(), "null") + "\n");
        }
        byte[] value = event.value() == null ? new byte[0] : event.value();
        text.append("value    ").append(Figures.count(value.length)).append(" bytes");
        text.append(value.length > MOST_BYTES ? ", of which the first " + Figures.count(MOST_BYTES) : "");
        text.append("\n\n");
        for (int at = 0; at < Math.min(value.length, MOST_BYTES); at += ROW) {
            row(text, at, Arrays.copyOfRange(value, at, Math.min(value.length, at + ROW)));
        }
        return text.toString();
    }

    private static void row(StringBuilder text, int at, byte[] bytes) {
        text.append(String.format("%04x  %-47s  ", at, HEX.formatHex(bytes)));
        for (byte b : bytes) {
            text.append(b >= ' ' && b < 0x7F ? (char) b : '·');
        }
        text.append('\n');
    }

    private static String line(byte[] bytes, String ifNull) {
        return bytes == null ? ifNull : RecentOutcome.text(bytes, LONGEST_TEXT).replaceAll("\\p{Cntrl}", "·");
    }
}
