package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.fetch.ImageFetcher;
import io.resnetstreams.fetch.ImageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Events that refer to their images, compared with events that contain them. The images are on an HTTP server of this process
 * that waits before each answer.
 */
final class ReferencesScenario {
    private static final int[] LATENCIES_MILLIS = {20, 200};
    private static final String INLINE = "inline";
    private static final int EVENTS = 2_000;
    /** At the start, images are fetched until the window is full, faster than the network needs them. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private ReferencesScenario() {}

    static Map<String, Object> run(BenchSettings settings) throws Exception {
        List<byte[]> photographs = Photographs.read(settings.images());
        try (SlowServer server = new SlowServer(photographs)) {
            Configuration configuration =
                    BenchSettings.configuration(List.of("references.http.privateHosts=" + server.host()));
            try (ImageFetcher fetcher = new ImageFetcher(
                    configuration.references(), configuration.limits().image().maxImageBytes(), FetchMetrics.NONE)) {
                return EngineNetworks.withResNet50(
                        settings, "references", networks -> measure(settings, networks, server, fetcher));
            }
        }
    }

    private static Map<String, Object> measure(
            BenchSettings settings, EngineNetworks networks, SlowServer server, ImageFetcher fetcher) throws Exception {
        Rounds rounds = settings.newRounds();
        KafkaSetup kafka = networks.all().iterator().next().kafka();
        for (int latency : LATENCIES_MILLIS) {
            kafka.supply(topic(latency), server.events(latency), EVENTS);
        }
        for (LoadedNetwork network : networks.all()) {
            rounds.add(
                    network.candidate(INLINE),
                    () -> network.pipeline(KafkaSetup.INPUT, ImageSource.NONE, WARM_UP, settings.seconds()));
            for (int latency : LATENCIES_MILLIS) {
                rounds.add(
                        network.candidate(topic(latency)),
                        () -> network.pipeline(topic(latency), fetcher, WARM_UP, settings.seconds()));
            }
        }
        Map<String, Double> medians = rounds.medians();
        return networks.figures(network -> {
            double inline = medians.get(network.candidate(INLINE));
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("imagesPerSecond", inline);
            for (int latency : LATENCIES_MILLIS) {
                double rate = medians.get(network.candidate(topic(latency)));
                figures.put("latency" + latency, Map.of("imagesPerSecond", rate, "toInline", rate / inline));
            }
            return figures;
        });
    }

    private static String topic(int latencyMillis) {
        return "references-" + latencyMillis;
    }

    /** Serves images at {@code /MILLIS/INDEX}, after that time, to any number of clients at a time. */
    private static final class SlowServer implements AutoCloseable {
        private final HttpServer server;
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        /** A response that waits for memory blocks its thread. */
        private final ExecutorService threads = Executors.newCachedThreadPool();

        private final List<byte[]> images;

        SlowServer(List<byte[]> images) throws IOException {
            this.images = images;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::schedule);
            server.start();
        }

        String host() {
            return "127.0.0.1:" + server.getAddress().getPort();
        }

        List<byte[]> events(int latencyMillis) {
            return IntStream.range(0, images.size())
                    .mapToObj(index -> ("{\"image\": {\"uri\": \"http://" + host() + "/" + latencyMillis + "/" + index
                                    + "\"}}")
                            .getBytes(UTF_8))
                    .toList();
        }

        private void schedule(HttpExchange exchange) {
            String[] path = exchange.getRequestURI().getPath().split("/");
            byte[] image = images.get(Integer.parseInt(path[2]));
            timer.schedule(
                    () -> threads.execute(() -> answer(exchange, image)),
                    Integer.parseInt(path[1]),
                    TimeUnit.MILLISECONDS);
        }

        private static void answer(HttpExchange exchange, byte[] image) {
            try (exchange) {
                exchange.sendResponseHeaders(200, image.length);
                exchange.getResponseBody().write(image);
            } catch (IOException e) {
                // The end of a measurement aborts its fetches; if one fails otherwise, the pipeline reports it.
            }
        }

        @Override
        public void close() {
            server.stop(0);
            timer.shutdownNow();
            threads.shutdownNow();
        }
    }
}
