package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.events.RawEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;

/**
 * {@code GET /payloads/NUMBER-INSTANCE}: the event of a dead letter as plain text: its key, its headers, and a hex dump of
 * the beginning of its value.
 */
final class PayloadHandler {
    private static final int MOST_BYTES = 2_048;
    private static final int MOST_HEADERS = 50;
    private static final int LONGEST_TEXT = 500;
    private static final int ROW = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private PayloadHandler() {}

    static void handle(HttpExchange exchange, LivePage page) throws IOException {
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

    /** Returns the event as text. */
    static String text(RawEvent event) {
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
