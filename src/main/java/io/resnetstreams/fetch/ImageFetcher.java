package io.resnetstreams.fetch;

import io.resnetstreams.common.DaemonThreads;
import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Fetches the images that events refer to, from what the configuration allows, within limits for attempts at a time, memory
 * and time.
 *
 * <p>Threading: any thread may call any method; none blocks. Attempts are made on threads of this class, in the order of the
 * calls, and the threads end when there are none. A result completes on such a thread, or on the one that cancels it, so what
 * follows and takes long belongs on another.
 */
public final class ImageFetcher implements ImageSource, AutoCloseable {
    private static final int IDLE_SECONDS = 10;

    private final FetchMetrics metrics;
    private final Map<String, Store> stores = new HashMap<>();
    private final Outages outages = new Outages(System::nanoTime);
    private final ByteBudget budget;
    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final FetchContext context;
    private final Set<Fetch> active = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    /**
     * Creates a fetcher. Threads, and clients with their classes, are created at the first fetch that needs them.
     *
     * @param maxImageBytes the size of the largest image, {@code limits.maxImageBytes}
     */
    public ImageFetcher(FetchSettings settings, int maxImageBytes, FetchMetrics metrics) {
        this(settings, maxImageBytes, metrics, HttpNetwork::ofThisMachine);
    }

    ImageFetcher(FetchSettings settings, int maxImageBytes, FetchMetrics metrics, Supplier<HttpNetwork> network) {
        this.metrics = metrics;
        this.budget = new ByteBudget(settings.maxBytes());
        this.threads = threads(settings.concurrency());
        this.timer = timer();
        this.context = new FetchContext(
                settings,
                new Download(budget, maxImageBytes),
                outages,
                new RetryDelays(settings.retryMillis(), () -> ThreadLocalRandom.current()
                        .nextDouble()),
                metrics,
                threads,
                timer,
                active::remove);
        Set<String> enabled = settings.schemes();
        if (enabled.contains("s3")) {
            stores.put("s3", new LazyStore(() -> new S3Store(settings)));
        }
        if (enabled.contains("http")) {
            Store http = new LazyStore(
                    () -> new HttpStore(settings, network.get(), () -> outages.answered(HttpStore.NAME_SERVICE)));
            stores.put("http", http);
            stores.put("https", http);
        }
        if (enabled.contains("file")) {
            stores.put("file", new FileStore(settings.file().roots()));
        }
    }

    /**
     * Checks what all fetches need: a region, if references to S3 are enabled. It may take seconds.
     *
     * @throws IllegalArgumentException if it is missing; the message says what to set
     */
    public static void check(FetchSettings settings) {
        if (settings.schemes().contains("s3")) {
            S3Store.requireRegion(settings.s3());
        }
    }

    private static ExecutorService threads(int concurrency) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                concurrency,
                concurrency,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered("fetch-"));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("fetch-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /**
     * Starts to fetch an image. Cancelling the future aborts the transfer and frees what it holds.
     *
     * @return a future that fails with {@link RejectedEventException} of the stage {@code fetch}, or with
     *     {@link IllegalStateException} if the fetcher is closed; the image must be closed
     */
    @Override
    public CompletableFuture<FetchedImage> fetch(ImageReference reference) {
        if (isClosed) {
            return CompletableFuture.failedFuture(closed());
        }
        try {
            UriParts uri = UriParts.of(reference.uri());
            Fetch fetch = new Fetch(reference, uri, store(uri), context);
            active.add(fetch);
            CompletableFuture<FetchedImage> result = fetch.begin();
            if (isClosed) {
                fetch.close(closed());
            }
            return result;
        } catch (RejectedEventException e) {
            metrics.failed(e.code());
            return CompletableFuture.failedFuture(e);
        }
    }

    private Store store(UriParts uri) throws RejectedEventException {
        Store store = stores.get(uri.scheme());
        if (store == null) {
            String key = FetchSettings.keyOf(uri.scheme());
            throw UriText.rejection(
                    "scheme_not_allowed",
                    uri.text(),
                    key == null
                            ? "the scheme is '" + uri.scheme()
                                    + "'; allowed are s3, https, http and file, if configured"
                            : "'" + uri.scheme() + "' is not enabled; set " + key);
        }
        return store;
    }

    /** Returns the store that fetches have waited for longest, for how long, and why; empty if all stores answer. */
    public Optional<String> outage() {
        return outages.longest();
    }

    /** Returns the memory that fetched images, and those being read, take. */
    long reservedBytes() {
        return budget.reserved();
    }

    static IllegalStateException closed() {
        return new IllegalStateException("the image fetcher is closed");
    }

    /** Aborts all transfers; their futures fail. Fetched images stay valid. */
    @Override
    public void close() {
        isClosed = true;
        active.forEach(fetch -> fetch.close(closed()));
        threads.shutdownNow();
        timer.shutdownNow();
        stores.values().forEach(Store::close);
    }
}
