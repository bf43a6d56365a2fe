package io.resnetstreams.web;

import static java.net.HttpURLConnection.HTTP_OK;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.resnetstreams.common.RepeatingTask;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.metrics.CountsSnapshot;
import io.resnetstreams.metrics.PipelineCounts;
import io.resnetstreams.metrics.PipelineMonitor.GroupStatus;
import io.resnetstreams.model.ModelDirectory;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * The page of one instance: its data and its HTTP handlers.
 *
 * <p>Threading: thread-safe. Its own thread samples the counts once per second; everything else happens on request.
 */
public final class LivePage implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_OF_A_POINT = (int) History.STEP.dividedBy(TICK);
    private static final int SECRET_BYTES = 16;

    private final PageFacts facts;
    private final PipelineCounts counts;
    private final LiveRecorder recorder;
    private final InstantSource clock;
    private final History history = new History();
    private final ArrayDeque<CountsSnapshot> snapshots = new ArrayDeque<>();
    private final EventStreams streams;
    private final String instance = secret();
    private final String token = secret();
    private final Consumer<RawEvent> resend;
    private volatile Rates rates;
    private volatile Supplier<InstanceView> view;
    private volatile Map<String, String> modelTexts = PageTexts.LOADING;
    private volatile List<String> modelLabels = List.of();
    private int ticks;
    /** Null in tests, which call {@link #count} themselves. */
    private RepeatingTask ticker;

    /** Creates a page without a thread. */
    LivePage(
            PageFacts facts,
            PipelineCounts counts,
            Supplier<Health> health,
            Consumer<RawEvent> resend,
            InstantSource clock) {
        this.facts = facts;
        this.counts = counts;
        this.resend = resend;
        this.clock = clock;
        this.recorder = new LiveRecorder(clock, counts, facts);
        this.view = () -> new InstanceView(
                health.get(), Set.of(), 0, 0, FetchMetrics.Counts.NONE, GroupStatus.UNKNOWN, List.of());
        this.streams = new EventStreams(this);
        CountsSnapshot first = counts.snapshot(System.nanoTime());
        snapshots.add(first);
        this.rates = Rates.between(first, first);
    }

    /**
     * Starts to sample the counts.
     *
     * @param health readiness
     * @param resend resends the event of a dead letter, if the page may, and waits for the acknowledgement; called by any
     *     thread. If it fails, it throws an {@link IllegalStateException} with a message for the user
     */
    public static LivePage start(
            PageFacts facts, PipelineCounts counts, Supplier<Health> health, Consumer<RawEvent> resend) {
        LivePage page = new LivePage(facts, counts, health, resend, InstantSource.system());
        page.begin();
        return page;
    }

    /** Starts the thread. */
    void begin() {
        ticker = RepeatingTask.start("page", TICK, TICK, this::tick);
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Sets the loaded model and the source of the instance's state.
     *
     * @param device the selected devices, as text
     */
    public void watch(ModelDirectory loaded, String device, Supplier<InstanceView> instanceView) {
        modelTexts = PageTexts.of(loaded, device);
        modelLabels = loaded.labels();
        view = instanceView;
    }

    /** Returns whether a browser is connected, or was recently. */
    public boolean isWatched() {
        return streams.isWatched();
    }

    /** Returns the handlers by path. */
    public Map<String, HttpHandler> handlers() {
        HostGuard guard = new HostGuard(facts.host());
        Map<String, HttpHandler> handlers = new TreeMap<>();
        handlers.put("/", new PageHandler(this));
        handlers.put("/events", streams);
        handlers.put("/page.css", resource("page.css", "text/css; charset=utf-8"));
        handlers.put("/page.js", resource("page.js", "text/javascript; charset=utf-8"));
        handlers.put("/icon.svg", resource("icon.svg", "image/svg+xml"));
        if (facts.pictures()) {
            handlers.put("/pictures/", exchange -> ContentHandlers.picture(exchange, this));
        }
        if (facts.payloads()) {
            handlers.put("/payloads/", exchange -> ContentHandlers.payload(exchange, this));
        }
        handlers.replaceAll((path, handler) -> guard.around(handler));
        if (facts.actions()) {
            handlers.put("/replay", guard.around(new ResendHandler(this, resend)));
        }
        return handlers;
    }

    private static HttpHandler resource(String name, String contentType) {
        byte[] content = PageHandler.resource(name);
        return exchange -> WebServer.answer(exchange, HTTP_OK, contentType, content);
    }

    private void tick() {
        count(System.nanoTime());
        streams.tick();
    }

    /** Samples the counts; every fifth sample adds a point to the plots. For one thread. */
    void count(long nanos) {
        CountsSnapshot now = counts.snapshot(nanos);
        snapshots.addLast(now);
        if (snapshots.size() > TICKS_OF_A_POINT + 1) {
            snapshots.removeFirst();
        }
        rates = Rates.between(snapshots.getFirst(), now);
        if (++ticks % TICKS_OF_A_POINT == 0) {
            history.add(point());
        }
    }

    private History.Point point() {
        Histogram latencies = recorder.latencies();
        boolean any = latencies.getTotalCount() > 0;
        InstanceView now = view.get();
        return new History.Point(
                clock.millis(),
                rates.labelsPerSecond(),
                rates.deadLettersPerSecond(),
                now.group().arrivalsPerSecond(),
                now.group().lagEvents(),
                any ? latencies.getValueAtPercentile(50) : Double.NaN,
                any ? latencies.getValueAtPercentile(95) : Double.NaN,
                any ? latencies.getValueAtPercentile(99) : Double.NaN,
                rates.meanBatch() == 0 ? Double.NaN : rates.meanBatch());
    }

    Reading reading() {
        return Reading.of(facts, view.get(), counts.snapshot(System.nanoTime()), rates, history.last());
    }

    PageFacts facts() {
        return facts;
    }

    Map<String, String> texts(Reading reading) {
        return PageTexts.of(facts, modelTexts, reading);
    }

    /** Returns the labels of the model; none while it is being loaded. */
    List<String> modelLabels() {
        return modelLabels;
    }

    RecentOutcomes recent() {
        return recorder.recent();
    }

    History history() {
        return history;
    }

    EventStreams streams() {
        return streams;
    }

    /** Returns a random name of this process, by which a browser recognises a restart. */
    String instance() {
        return instance;
    }

    /** Returns the number of an outcome from its name, {@code NUMBER-INSTANCE}; -1 if it is malformed or of another instance. */
    long number(String name) {
        return name != null && name.matches("\\d{1,18}-" + instance)
                ? Long.parseLong(name.substring(0, name.indexOf('-')))
                : -1;
    }

    /** Returns the number of the outcome that the last part of the path of a request names, as {@link #number(String)}. */
    long number(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return number(path.substring(path.lastIndexOf('/') + 1));
    }

    /** Returns the token that a request to change state needs; it is only in the page. */
    String token() {
        return token;
    }

    @Override
    public void close() {
        if (ticker != null) {
            ticker.close();
        }
        streams.close();
    }
}
