package io.resnetstreams.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.common.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /events}: server-sent events, one a second, for as long as somebody looks. An event's id is the greatest number
 * of an outcome that was told and the instance's name, so that a browser that comes back gets what it missed; and all
 * anew where the instance is another one.
 *
 * <p>Threading: each stream has a thread of its own, of which there are few; all wait for the tick.
 */
final class EventStreams implements StreamHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    /** More people should look at Grafana. */
    static final int MOST = 16;
    /** At more than so many labels a second a person sees no more, and a browser has pictures to fetch. */
    static final int LABELS_A_TICK = 12;

    static final int LABELS_AT_FIRST = 24;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);
    private static final Duration LATELY = Duration.ofSeconds(30);
    private static final String RETRY = "retry: 2000\n\n";

    private final LivePage page;
    private final ClientWork writes = new ClientWork(System::nanoTime);
    private final Semaphore places = new Semaphore(MOST);
    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("page-stream"));
    private volatile long lastLookNanos = System.nanoTime() - LATELY.toNanos();
    /** Guarded by this, as is the following. */
    private long ticks;

    private boolean closed;
    private PageState state;
    private long stateOfTick = -1;

    EventStreams(LivePage page) {
        this.page = page;
    }

    /** Somebody has looked. */
    void looked() {
        lastLookNanos = System.nanoTime();
    }

    boolean isWatched() {
        return places.availablePermits() < MOST || System.nanoTime() - lastLookNanos < LATELY.toNanos();
    }

    /** Lets all streams tell what is new, and ends those whose page does not read. */
    void tick() {
        writes.endOlderThan(LONGEST_WRITE);
        nextTick();
    }

    private synchronized void nextTick() {
        ticks++;
        notifyAll();
    }

    /** Waits for a tick after this one and returns it; -1 at the end. */
    private synchronized long await(long tick) throws InterruptedException {
        while (ticks <= tick && !closed) {
            wait();
        }
        return closed ? -1 : ticks;
    }

    /** Returns what is the same for all who look, made once a tick. */
    private synchronized PageState state() {
        if (stateOfTick != ticks || state == null) {
            state = PageState.of(page);
            stateOfTick = ticks;
        }
        return state;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        looked();
        if (!exchange.getRequestMethod().equals("GET") || !places.tryAcquire()) {
            try (exchange) {
                exchange.getResponseHeaders().set("Retry-After", "10");
                WebServer.answer(exchange, UNAVAILABLE, MOST + " pages are open already, and no more are served");
            }
            return;
        }
        threads.execute(() -> {
            try (exchange) {
                stream(exchange);
            } catch (IOException e) {
                LOG.debug("a page was closed: {}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("A page's events could not be made: {}", e.toString(), e);
            } finally {
                looked();
                places.release();
            }
        });
    }

    private void stream(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        LabelFilter filter = LabelFilter.of(exchange.getRequestURI().getRawQuery());
        Told told = Told.of(page, exchange.getRequestHeaders().getFirst("Last-Event-ID"));
        OutputStream body = exchange.getResponseBody();
        write(() -> {
            exchange.sendResponseHeaders(OK, 0);
            body.write(RETRY.getBytes(UTF_8));
        });
        // Read before the news are made, so that none is passed over.
        for (long tick = now(); tick >= 0; tick = await(tick)) {
            ObjectNode news = told.news(page, state(), filter);
            byte[] message = ("id: " + told.number + "-" + page.instance() + "\ndata: " + PageJson.write(news) + "\n\n")
                    .getBytes(UTF_8);
            write(() -> {
                body.write(message);
                body.flush();
            });
        }
    }

    /** What may wait for a page that does not read. */
    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private void write(Write write) throws IOException {
        ClientWork.Piece piece = writes.begin();
        try {
            write.run();
        } finally {
            piece.over();
        }
    }

    private synchronized long now() {
        return ticks;
    }

    /** What is the same for all who look. */
    private record PageState(ObjectNode common, List<RecentOutcomes.DeadLetters> deadLetters, long deadLettersVersion) {
        static PageState of(LivePage page) {
            Reading reading = page.reading();
            ObjectNode common = JsonNodeFactory.instance.objectNode();
            common.set("texts", PageJson.texts(PageTexts.of(page.facts(), page.model(), reading)));
            common.set("gauges", PageJson.gauges(gauges(page.facts(), reading)));
            common.put("waits", reading.bottleneck().stage().id());
            common.put("ok", reading.view().health().ok());
            common.set("backfills", PageJson.backfills(reading.view().backfills()));
            // Read before the letters, so that one that comes in between is told again rather than never.
            long version = page.recent().deadLettersVersion();
            return new PageState(common, page.recent().deadLetters(), version);
        }
    }

    /** Returns how full each stage is, from 0 to 1. */
    static Map<String, Double> gauges(PageFacts facts, Reading reading) {
        return Map.of(
                "window", Reading.window(facts, reading.view()),
                "decode", Math.min(1, reading.rates().decodeBusy() / facts.decodeThreads()),
                "batches", reading.rates().fullBatches(),
                "device", reading.rates().deviceBusy());
    }

    /** What one page knows already. */
    private static final class Told {
        private long number;
        private long millis;
        private long deadLettersVersion = -1;
        private boolean isNew;

        static Told of(LivePage page, String lastEventId) {
            Told told = new Told();
            long number = Paths.number(lastEventId, page.instance());
            told.isNew = number == Paths.NONE;
            told.number = Math.max(0, number);
            return told;
        }

        ObjectNode news(LivePage page, PageState state, LabelFilter filter) {
            ObjectNode news = state.common().deepCopy();
            if (isNew) {
                news.put("instance", page.instance());
            }
            long last = page.recent().lastNumber();
            news.set(
                    "labels",
                    PageJson.labels(page.recent().labels(number, isNew ? LABELS_AT_FIRST : LABELS_A_TICK, filter)));
            number = last;
            Point newest = page.history().last();
            if (newest != null && newest.millis() < millis) {
                // The clock was set back: what was told last lies ahead of all that follows.
                millis = newest.millis() - 1;
            }
            List<Point> points = page.history().after(millis);
            if (!points.isEmpty()) {
                news.set("points", PageJson.points(points));
                millis = points.get(points.size() - 1).millis();
            }
            if (state.deadLettersVersion() != deadLettersVersion) {
                news.set("deadLetters", PageJson.deadLetters(state.deadLetters()));
                deadLettersVersion = state.deadLettersVersion();
            }
            isNew = false;
            return news;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        threads.shutdownNow();
    }
}
