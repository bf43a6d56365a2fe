package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_OK;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.resnetstreams.common.Markup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code GET /}: the page with all numbers, so that it is readable without JavaScript. */
final class PageHandler implements HttpHandler {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-zA-Z0-9.]+)}}");

    private final LivePage page;
    private final String template = new String(resource("page.html"), UTF_8);

    PageHandler(LivePage page) {
        this.page = page;
    }

    static byte[] resource(String name) {
        try (InputStream stream = PageHandler.class.getResourceAsStream("/web/" + name)) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        page.streams().requested();
        LabelFilter filter = LabelFilter.of(exchange.getRequestURI().getRawQuery());
        WebServer.answer(
                exchange, HTTP_OK, "text/html; charset=utf-8", html(filter).getBytes(UTF_8));
    }

    String html(LabelFilter filter) {
        Reading reading = page.reading();
        Map<String, String> places = new LinkedHashMap<>();
        page.texts(reading).forEach((name, text) -> places.put(name, Markup.escape(text)));
        PageFragments fragments = new PageFragments(page);
        places.put("fragment.labels", fragments.labels(filter));
        places.put("fragment.deadLetters", fragments.deadLetters());
        places.put("fragment.backfills", fragments.backfills(reading.view().backfills()));
        places.put("fragment.options", fragments.options());
        places.put("filter.label", Markup.escape(filter.label()));
        places.put("filter.from", Figures.number(filter.from()));
        places.put("filter.to", Figures.number(filter.to()));
        places.put("token", page.facts().actions() ? page.token() : "");
        places.put("instance", page.instance());
        places.put("pictures", page.facts().pictures() ? "yes" : "no");
        places.put("payloads", page.facts().payloads() ? "yes" : "no");
        places.put("fetch.hidden", page.facts().references() ? "" : "hidden");
        places.put("ok", reading.view().health().ok() ? "yes" : "no");
        for (Bottleneck.Stage stage : Bottleneck.Stage.values()) {
            places.put("stage." + stage.id(), reading.bottleneck().stage() == stage ? "stage waits" : "stage");
        }
        reading.gauges().forEach((name, share) -> places.put("gauge." + name, Figures.number(Math.round(share * 100))));
        return fill(places);
    }

    /** Replaces all placeholders in one pass, so that an inserted text is not taken for a placeholder. */
    private String fill(Map<String, String> places) {
        return PLACE.matcher(template).replaceAll(place -> {
            String text = places.get(place.group(1));
            if (text == null) {
                throw new IllegalStateException("page.html has a placeholder " + place.group() + " without a text");
            }
            return Matcher.quoteReplacement(text);
        });
    }
}
