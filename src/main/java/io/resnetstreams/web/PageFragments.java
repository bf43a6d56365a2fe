package io.resnetstreams.web;

import static io.resnetstreams.common.Markup.escape;

import io.resnetstreams.events.LabelEvent.Label;
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
        List<String> labels = page.model().labels();
        StringBuilder html = new StringBuilder();
        if (labels.stream().mapToInt(String::length).sum() <= MOST_OPTION_CHARACTERS) {
            labels.forEach(label ->
                    html.append("<option value=\"").append(escape(label)).append("\"></option>"));
        }
        return html.toString();
    }

    /** Returns the latest labels. */
    String labels(LabelFilter filter) {
        StringBuilder html = new StringBuilder();
        for (RecentOutcome outcome : page.recent().labels(0, EventStreams.LABELS_AT_FIRST, filter)) {
            html.append("<li class=\"card\">");
            if (page.facts().pictures()) {
                html.append("<div class=\"picture\">");
                if (outcome.event() != null) {
                    html.append("<img alt=\"\" src=\"/pictures/")
                            .append(outcome.number())
                            .append('-')
                            .append(page.instance())
                            .append("\">");
                }
                html.append("</div>");
            }
            html.append("<div class=\"said\"><ol class=\"bars\">");
            PageJson.top(outcome).forEach(label -> bar(html, label));
            html.append("</ol><p class=\"id\">")
                    .append(escape(PageJson.shorten(outcome.label().id())))
                    .append("</p><p class=\"where\">")
                    .append(escape(outcome.source() + " · " + Figures.millis(Math.max(1, outcome.latencyMillis()))))
                    .append("</p></div></li>");
        }
        return html.toString();
    }

    private static void bar(StringBuilder html, Label label) {
        String percent = String.format(Locale.ROOT, "%.1f", label.probability() * 100);
        html.append("<li><span>")
                .append(escape(label.label()))
                .append("</span><span class=\"share\">")
                .append(percent)
                .append(" %</span>");
        gauge(html, percent);
        html.append("</li>");
    }

    private static void gauge(StringBuilder html, String percent) {
        html.append("<svg class=\"gauge\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
                .append("<rect width=\"")
                .append(percent)
                .append("\" height=\"4\"></rect></svg>");
    }

    /** Returns the dead letters by kind. */
    String deadLetters() {
        StringBuilder html = new StringBuilder();
        for (RecentOutcomes.DeadLetters kind : page.recent().deadLetters()) {
            html.append("<li><details><summary><span class=\"kind\"><span class=\"of\">")
                    .append(escape(kind.kind().stage()))
                    .append("</span> ")
                    .append(escape(kind.kind().code()))
                    .append("</span><span class=\"count\">")
                    .append(Figures.count(kind.count()))
                    .append("</span></summary><ul class=\"letters\">");
            kind.last().forEach(letter -> letter(html, letter));
            html.append("</ul></details></li>");
        }
        return html.toString();
    }

    private void letter(StringBuilder html, RecentOutcome letter) {
        String name = letter.number() + "-" + page.instance();
        html.append("<li><p class=\"reason\">")
                .append(escape(letter.rejection().reason()))
                .append("</p><p class=\"where\">")
                .append(escape(letter.source().toString()))
                .append(
                        letter.rejection().key() == null
                                ? ""
                                : " · key <bdi>" + escape(letter.rejection().key()) + "</bdi>")
                .append(" · ")
                .append(Instant.ofEpochMilli(letter.committedMillis()).truncatedTo(ChronoUnit.SECONDS))
                .append("</p>");
        boolean hasContent = letter.event() != null && letter.rejection().hasContent();
        if (hasContent) {
            html.append("<p class=\"actions\"><a href=\"/payloads/")
                    .append(name)
                    .append("\">Payload</a></p>");
        }
        if (letter.isResent()) {
            html.append("<p class=\"actions\">Sent back</p>");
        } else if (hasContent && page.facts().actions()) {
            html.append("<form method=\"post\" action=\"/replay\"><input type=\"hidden\" name=\"token\" value=\"")
                    .append(page.token())
                    .append("\"><input type=\"hidden\" name=\"letter\" value=\"")
                    .append(name)
                    .append("\"><button>Send back</button></form>");
        }
        html.append("</li>");
    }

    /** Returns the backfills. */
    String backfills(List<InstanceView.Backfill> runs) {
        StringBuilder html = new StringBuilder();
        for (InstanceView.Backfill run : runs) {
            html.append("<li><span>")
                    .append(escape(run.name()))
                    .append("</span><span class=\"share\">")
                    .append(escape(PageJson.text(run)))
                    .append("</span>");
            gauge(html, Figures.number(PageJson.share(run) * 100));
            html.append("</li>");
        }
        return html.toString();
    }
}
