package io.resnetstreams.web;

import static io.resnetstreams.common.Markup.escape;
import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Renders the lists of the page as HTML, initially and for browsers without JavaScript; page.js renders the same. */
final class PageFragments {
    /** The filter offers the labels of a model only if they have at most this many characters in total. */
    private static final int MOST_OPTION_CHARACTERS = 20_000;

    private final LivePage page;

    PageFragments(LivePage page) {
        this.page = page;
    }

    /** Returns the labels that the filter offers. */
    String options() {
        List<String> labels = page.modelLabels();
        return labels.stream().mapToInt(String::length).sum() > MOST_OPTION_CHARACTERS
                ? ""
                : labels.stream()
                        .map(label -> "<option value=\"" + escape(label) + "\"></option>")
                        .collect(joining());
    }

    String labels(LabelFilter filter) {
        return page.recent().labels(0, EventStreams.LABELS_AT_FIRST, filter).stream()
                .map(outcome -> card(PageLists.Card.of(outcome)))
                .collect(joining());
    }

    private String card(PageLists.Card card) {
        String image = card.picture() ? "<img alt=\"\" src=\"/pictures/" + name(card.number()) + "\">" : "";
        String picture = page.facts().pictures() ? "<div class=\"picture\">" + image + "</div>" : "";
        String bars = card.labels().stream()
                .map(bar -> {
                    String percent = String.format(Locale.ROOT, "%.1f", bar.probability() * 100);
                    return row(bar.label(), percent + " %", percent);
                })
                .collect(joining());
        return "<li class=\"card\">" + picture + "<div class=\"said\"><ol class=\"bars\">" + bars
                + "</ol><p class=\"id\">" + escape(card.id()) + "</p><p class=\"where\">"
                + escape(card.source() + " · " + card.latency()) + "</p></div></li>";
    }

    private String name(long number) {
        return number + "-" + page.instance();
    }

    private static String row(String name, String text, String percent) {
        return "<li><span>" + escape(name) + "</span><span class=\"share\">" + escape(text) + "</span>"
                + "<svg class=\"gauge\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                + "<rect width=\"" + percent + "\" height=\"4\"></rect></svg></li>";
    }

    String deadLetters() {
        return page.recent().deadLetters().stream()
                .map(PageLists.Kind::of)
                .map(kind -> "<li><details><summary><span class=\"kind\"><span class=\"of\">" + escape(kind.stage())
                        + "</span> " + escape(kind.code()) + "</span><span class=\"count\">" + kind.count()
                        + "</span></summary><ul class=\"letters\">"
                        + kind.last().stream().map(this::letter).collect(joining()) + "</ul></details></li>")
                .collect(joining());
    }

    private String letter(PageLists.Letter letter) {
        String key = letter.key() == null ? "" : " · key <bdi>" + escape(letter.key()) + "</bdi>";
        return "<li><p class=\"reason\">" + escape(letter.reason()) + "</p><p class=\"where\">"
                + escape(letter.source()) + key + " · "
                + Instant.ofEpochMilli(letter.millis()).truncatedTo(ChronoUnit.SECONDS) + "</p>" + actions(letter)
                + "</li>";
    }

    private String actions(PageLists.Letter letter) {
        String name = name(letter.number());
        String payload =
                letter.content() ? "<p class=\"actions\"><a href=\"/payloads/" + name + "\">Payload</a></p>" : "";
        if (letter.sentBack()) {
            return payload + "<p class=\"actions\">Resent</p>";
        }
        return letter.content() && page.facts().actions()
                ? payload + "<form method=\"post\" action=\"/replay\"><input type=\"hidden\" name=\"token\" value=\""
                        + page.token() + "\"><input type=\"hidden\" name=\"letter\" value=\"" + name
                        + "\"><button>Resend</button></form>"
                : payload;
    }

    String backfills(List<InstanceView.Backfill> runs) {
        return runs.stream()
                .map(PageLists.Run::of)
                .map(run -> row(run.name(), run.text(), Figures.number(run.share() * 100)))
                .collect(joining());
    }
}
