package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_ENTITY_TOO_LARGE;
import static java.net.HttpURLConnection.HTTP_FORBIDDEN;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;
import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_SEE_OTHER;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.events.RawEvent;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /replay} with the form fields {@code letter} and {@code token}: resends the event of a dead letter. Only
 * requests from the page are accepted: the browser must send this origin, and the token is only in the page, which other
 * origins can't read.
 */
final class ResendHandler implements WebServer.ActionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ResendHandler.class);
    private static final int MOST_BYTES = 1_024;

    private final LivePage page;
    private final Consumer<RawEvent> resend;

    ResendHandler(LivePage page, Consumer<RawEvent> resend) {
        this.page = page;
        this.resend = resend;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            WebServer.answer(exchange, HTTP_ENTITY_TOO_LARGE, "the form exceeds " + MOST_BYTES + " bytes");
            return;
        }
        if (!isOfThisOrigin(exchange.getRequestHeaders())) {
            WebServer.answer(exchange, HTTP_FORBIDDEN, "the origin of the request is not the page itself");
            return;
        }
        Map<String, String> form = LabelFilter.query(new String(body, UTF_8));
        if (!isToken(form.get("token"))) {
            WebServer.answer(exchange, HTTP_FORBIDDEN, "the token does not belong to this instance; reload the page");
            return;
        }
        RecentOutcome letter = page.recent().deadLetter(page.number(form.get("letter")));
        RawEvent event = letter == null ? null : letter.event();
        if (event == null || !letter.rejection().hasContent()) {
            WebServer.answer(exchange, HTTP_NOT_FOUND, "the event is not available here; 'dlq replay' resends it");
        } else if (letter.beginResend()) {
            resend(exchange, letter, event);
        } else {
            WebServer.answer(exchange, HTTP_CONFLICT, "the event was resent before; a second time would duplicate it");
        }
    }

    private void resend(HttpExchange exchange, RecentOutcome letter, RawEvent event) throws IOException {
        try {
            // The broker may be slow, and after an interrupt it would be unknown whether the event was sent.
            RequestThreads.requestIsRead();
            resend.accept(event);
        } catch (IllegalStateException e) {
            letter.resendFailed();
            LOG.warn("{} was not resent: {}", letter.source(), e.getMessage());
            WebServer.answer(exchange, HTTP_UNAVAILABLE, e.getMessage());
            return;
        }
        page.recent().touchDeadLetters();
        LOG.info("{} was resent from the page", letter.source());
        boolean isScript =
                "application/json".equals(exchange.getRequestHeaders().getFirst("Accept"));
        if (!isScript) {
            exchange.getResponseHeaders().set("Location", "/#dead-letters");
        }
        WebServer.answer(exchange, isScript ? HTTP_OK : HTTP_SEE_OTHER, "resent");
    }

    private static boolean isOfThisOrigin(Headers headers) {
        String site = headers.getFirst("Sec-Fetch-Site");
        String origin = headers.getFirst("Origin");
        return (site == null || site.equals("same-origin"))
                && origin != null
                && origin.matches("https?://" + Pattern.quote(headers.getFirst("Host")));
    }

    private boolean isToken(String given) {
        return given != null
                && MessageDigest.isEqual(given.getBytes(UTF_8), page.token().getBytes(UTF_8));
    }
}
