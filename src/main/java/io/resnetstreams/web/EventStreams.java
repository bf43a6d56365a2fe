package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_OK;
import static java.net.HttpURLConnection.HTTP_UNAVAILABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import io.resnetstreams.common.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /events}: server-sent events, one per second, until the browser disconnects. The id of an event consists of
 * the greatest number of the outcomes sent so far and the name of the instance. A browser that reconnects to the same
 * instance gets the outcomes that it missed; from another instance it gets everything.
 *
 * <p>Threading: each stream has its own thread, and the number of streams is limited. All wait for the tick.
 */
final class EventStreams implements WebServer.StreamHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    /** For more viewers, use Grafana. */
    static final int MOST = 16;
    /** Nobody can read more labels per second, and the browser fetches a picture for each. */
    static final int LABELS_A_TICK = 12;

    static final int LABELS_AT_FIRST = 24;
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);
    private static final Duration RECENTLY = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RETRY = "retry: 2000\n\n";

    private final LivePage page;
    private final ClientWork writes = new ClientWork(System::nanoTime);
    private final Semaphore places = new Semaphore(MOST);
    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("page-stream"));
    private volatile long lastRequestNanos = System.nanoTime() - RECENTLY.toNanos();
    /** Guarded by this, as is the following. */
    private long ticks;

    private boolean closed;
    private PageState state;
    private long stateOfTick = -1;

    EventStreams(LivePage page) {
        this.page = page;
    }

    /** Records a request for the page. */
    void requested() {
        lastRequestNanos = System.nanoTime();
    }

    boolean isWatched() {
        return places.availablePermits() < MOST || System.nanoTime() - lastRequestNanos < RECENTLY.toNanos();
    }

    /** Lets all streams send the news, and closes those whose browser does not read. */
    synchronized void tick() {
        writes.endOlderThan(LONGEST_WRITE);
        ticks++;
        notifyAll();
    }

    /** Returns the present tick if it is later than this one, or waits for the next; -1 after {@link #close}. */
    private synchronized long await(long tick) throws InterruptedException {
        while (ticks <= tick && !closed) {
            wait();
        }
        return closed ? -1 : ticks;
    }

    /** Returns the state common to all streams, computed once per tick. */
    private synchronized PageState state() {
        if (stateOfTick != ticks || state == null) {
            state = PageState.of(page);
            stateOfTick = ticks;
        }
        return state;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        requested();
        if (!exchange.getRequestMethod().equals("GET") || !places.tryAcquire()) {
            try (exchange) {
                exchange.getResponseHeaders().set("Retry-After", "10");
                WebServer.answer(exchange, HTTP_UNAVAILABLE, "the maximum of " + MOST + " pages is open");
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
                LOG.warn("The events for a page could not be created: {}", e.toString(), e);
            } finally {
                requested();
                places.release();
            }
        });
    }

    private void stream(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        Sent sent = new Sent(page.number(exchange.getRequestHeaders().getFirst("Last-Event-ID")));
        LabelFilter filter = LabelFilter.of(exchange.getRequestURI().getRawQuery());
        OutputStream body = exchange.getResponseBody();
        write(() -> {
            exchange.sendResponseHeaders(HTTP_OK, 0);
            body.write(RETRY.getBytes(UTF_8));
        });
        // The tick is read before the news, so that none is missed.
        for (long tick = await(-1); tick >= 0; tick = await(tick)) {
            String news = JSON.writeValueAsString(sent.news(page, state(), filter));
            byte[] message =
                    ("id: " + sent.number + "-" + page.instance() + "\ndata: " + news + "\n\n").getBytes(UTF_8);
            write(() -> {
                body.write(message);
                body.flush();
            });
        }
    }

    /** A write, which blocks while the browser does not read. */
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

    private record PageState(Map<String, Object> common, List<PageLists.Kind> deadLetters, long deadLettersVersion) {
        static PageState of(LivePage page) {
            Reading reading = page.reading();
            Map<String, Object> common = new LinkedHashMap<>();
            common.put("texts", page.texts(reading));
            common.put("gauges", reading.gauges());
            common.put("waits", reading.bottleneck().stage().id());
            common.put("ok", reading.view().health().ok());
            common.put(
                    "backfills",
                    reading.view().backfills().stream().map(PageLists.Run::of).toList());
            // The version is read before the dead letters: one that arrives in between is sent twice rather than never.
            long version = page.recent().deadLettersVersion();
            List<PageLists.Kind> kinds =
                    page.recent().deadLetters().stream().map(PageLists.Kind::of).toList();
            return new PageState(common, kinds, version);
        }
    }

    /** What was already sent to one browser. */
    private static final class Sent {
        private boolean isNew;
        private long number;
        private long millis;
        private long deadLettersVersion = -1;

        /** @param lastNumber number of the last outcome that the browser got from this instance; negative if none */
        Sent(long lastNumber) {
            isNew = lastNumber < 0;
            number = Math.max(0, lastNumber);
        }

        Map<String, Object> news(LivePage page, PageState state, LabelFilter filter) {
            Map<String, Object> news = new LinkedHashMap<>(state.common());
            if (isNew) {
                news.put("instance", page.instance());
            }
            long last = page.recent().lastNumber();
            List<RecentOutcome> labels = page.recent().labels(number, isNew ? LABELS_AT_FIRST : LABELS_A_TICK, filter);
            news.put("labels", labels.stream().map(PageLists.Card::of).toList());
            number = last;
            History.Point newest = page.history().last();
            if (newest != null && newest.millis() < millis) {
                // The clock was set back, so the last point sent is later than all new ones.
                millis = newest.millis() - 1;
            }
            List<History.Point> points = page.history().after(millis);
            if (!points.isEmpty()) {
                news.put("points", points.stream().map(History.Point::row).toList());
                millis = points.get(points.size() - 1).millis();
            }
            if (state.deadLettersVersion() != deadLettersVersion) {
                news.put("deadLetters", state.deadLetters());
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
