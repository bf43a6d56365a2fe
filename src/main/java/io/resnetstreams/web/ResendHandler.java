package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.events.RawEvent;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /replay} with the form fields {@code letter} and {@code token}: resends the event of a dead letter. Only
 * requests from the page are accepted: the browser must send this origin, and the token is only in the page, which other
 * origins can't read.
 */
final class ResendHandler implements ActionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ResendHandler.class);
    private static final int OK = 200;
    private static final int SEE_OTHER = 303;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    private static final int MOST_BYTES = 1_024;

    private final LivePage page;
    private final DeadLetterResend resend;

    ResendHandler(LivePage page, DeadLetterResend resend) {
        this.page = page;
        this.resend = resend;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            WebServer.answer(exchange, TOO_LARGE, "the form has more than " + MOST_BYTES + " bytes");
            return;
        }
        if (!isOfThisOrigin(exchange.getRequestHeaders())) {
            WebServer.answer(exchange, FORBIDDEN, "only the page itself may ask for this: Origin is another one");
            return;
        }
        Map<String, String> form = LabelFilter.query(new String(body, UTF_8));
        if (!isToken(form.get("token"))) {
            WebServer.answer(exchange, FORBIDDEN, "the token is not this instance's; load the page again");
            return;
        }
        long number = OutcomeNames.number(form.get("letter"), page.instance());
        RecentOutcome letter =
                number == OutcomeNames.NONE ? null : page.recent().deadLetter(number);
        RawEvent event = letter == null ? null : letter.event();
        if (event == null || !letter.rejection().hasContent()) {
            WebServer.answer(exchange, NOT_FOUND, "this event is not kept here, or no longer; 'dlq replay' has it");
            return;
        }
        if (!letter.beginResend()) {
            WebServer.answer(exchange, CONFLICT, "it was sent back before; sent back twice it would come twice");
            return;
        }
        resend(exchange, letter, event);
    }

    private void resend(HttpExchange exchange, RecentOutcome letter, RawEvent event) throws IOException {
        try {
            // The broker may be slow, and after an interrupt it would be unknown whether the event was sent.
            RequestThreads.requestIsRead();
            resend.resend(event);
        } catch (IllegalStateException e) {
            letter.resendFailed();
            LOG.warn("{} was not resent: {}", letter.source(), e.getMessage());
            WebServer.answer(exchange, UNAVAILABLE, e.getMessage());
            return;
        }
        page.recent().touchDeadLetters();
        LOG.info("{} was resent from the page", letter.source());
        if ("application/json".equals(exchange.getRequestHeaders().getFirst("Accept"))) {
            WebServer.answer(exchange, OK, "sent back");
        } else {
            // From a form, without JavaScript.
            exchange.getResponseHeaders().set("Location", "/#dead-letters");
            WebServer.answer(exchange, SEE_OTHER, "sent back");
        }
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
