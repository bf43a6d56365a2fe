package io.resnetstreams.fetch;

import static io.resnetstreams.fetch.TestSettings.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many large images from a server that sends a part of each only when the test lets it. */
class FetchMemoryTest {
    private static final int IMAGE_BYTES = 10_000_000;
    private static final int FETCHES = 1_000;
    private static final long BUDGET = 64 << 20;
    /** As many as fit into the budget. */
    private static final int AT_ONCE = 6;

    private static final byte[] CHUNK = new byte[IMAGE_BYTES / 10];

    private final Semaphore chunks = new Semaphore(0);
    private final AtomicLong mostReserved = new AtomicLong();
    private HostileServer site;
    private ImageFetcher fetcher;

    @BeforeEach
    void start() throws Exception {
        site = HostileServer.start().on("/a.png", this::slowly).on("/unknown.png", this::unknownLength);
        HttpNetwork network =
                new TestNetwork().name("site.example.com", "127.0.0.2").network();
        fetcher = new ImageFetcher(
                TestSettings.http("site.example.com:" + site.port())
                        .withConcurrency(128)
                        .withMaxBytes(BUDGET)
                        .settings(),
                12 << 20,
                FetchMetrics.NONE,
                () -> network);
    }

    @AfterEach
    void stop() throws IOException {
        fetcher.close();
        site.close();
    }

    private boolean slowly(HostileServer.Request request, OutputStream out) throws IOException, InterruptedException {
        HostileServer.raw(out, "HTTP/1.1 200 X\r\nContent-Length: " + IMAGE_BYTES + "\r\n\r\n");
        return send(out);
    }

    private boolean unknownLength(HostileServer.Request request, OutputStream out)
            throws IOException, InterruptedException {
        HostileServer.raw(out, "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
        send(out);
        return false;
    }

    private boolean send(OutputStream out) throws IOException, InterruptedException {

        for (int i = 0; i < 10; i++) {
            chunks.acquire();
            mostReserved.accumulateAndGet(fetcher.reservedBytes(), Math::max);
            out.write(CHUNK);
        }
        return true;
    }

    private List<CompletableFuture<FetchedImage>> fetch(String path, int count) {
        List<CompletableFuture<FetchedImage>> fetches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fetches.add(fetcher.fetch(reference("http://site.example.com:" + site.port() + path)));
        }
        return fetches;
    }

    private static long done(List<CompletableFuture<FetchedImage>> fetches) {
        return fetches.stream().filter(CompletableFuture::isDone).count();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void imagesInFlightNeverExceedTheBudget() throws Exception {
        long heap = usedHeap();
        List<CompletableFuture<FetchedImage>> fetches = fetch("/a.png", FETCHES);
        await().until(() -> site.requests().size() == 128);
        chunks.release(128 * 10);
        // The others have their headers, and wait for memory.
        await().until(() -> done(fetches) == AT_ONCE);
        assertThat(fetcher.reservedBytes()).isBetween((long) AT_ONCE * IMAGE_BYTES, BUDGET);
        // The responses and threads of this process, with their buffers, are small beside the images.
        // What other tests left may be collected meanwhile, so there is no lower bound.
        assertThat(usedHeap() - heap).isLessThan(BUDGET + (BUDGET >> 1));
        for (int i = 0; i < 5; i++) {
            CompletableFuture<FetchedImage> next = fetches.stream()
                    .filter(CompletableFuture::isDone)
                    .findFirst()
                    .orElseThrow();
            next.get().close();
            fetches.remove(next);
            await().until(() -> done(fetches) == AT_ONCE);
            mostReserved.accumulateAndGet(fetcher.reservedBytes(), Math::max);
        }
        assertThat(mostReserved.get()).isPositive().isLessThanOrEqualTo(BUDGET);
        for (CompletableFuture<FetchedImage> fetch : fetches) {
            if (!fetch.cancel(false)) {
                fetch.get().close();
            }
        }
        await().until(() -> fetcher.reservedBytes() == 0);
    }

    @Test
    void aBodyOfUnknownLengthTakesTheMostThatItMayHaveUntilItIsRead() throws Exception {
        List<CompletableFuture<FetchedImage>> fetches = fetch("/unknown.png", 1);
        await().until(() -> fetcher.reservedBytes() == 12 << 20);
        chunks.release(10);
        try (FetchedImage image = fetches.get(0).get(30, TimeUnit.SECONDS)) {
            assertThat(image.bytes()).hasSize(IMAGE_BYTES);
            assertThat(fetcher.reservedBytes()).isBetween((long) IMAGE_BYTES, IMAGE_BYTES + 1_024L);
        }
        assertThat(fetcher.reservedBytes()).isZero();
    }
}
