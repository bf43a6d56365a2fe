package io.resnetstreams.service;

import io.resnetstreams.audit.OutcomeScan;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.ImageEvent;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.kafka.Failures;
import io.resnetstreams.kafka.KafkaClients;
import io.resnetstreams.kafka.TopicReader;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.precision.SampleSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The images of the first committed events of the input topic. Images that events refer to are not fetched. It reads outside any
 * group, for a limited time and up to a number of bytes.
 */
final class TopicSamples implements SampleSource {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration WITHOUT_RECORD = Duration.ofSeconds(3);
    private static final long MOST_BYTES = 1L << 30;

    private final Configuration configuration;
    private final EventReader events;
    private final ImagePreprocessor preprocessor;

    TopicSamples(Configuration configuration, ModelDirectory model) {
        this.configuration = configuration;
        this.events = configuration.eventReader();
        this.preprocessor = new ImagePreprocessor(configuration.limits().image(), model.preprocessing());
    }

    @Override
    public String origin() {
        return "the topic " + configuration.topics().input();
    }

    /** Reads in a thread of its own, since reading an event may wait for the schema registry. */
    @Override
    public List<byte[]> read(int most) throws IOException, InterruptedException {
        Reading reading = new Reading(most);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> end = thread.submit(reading);
            end.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // What was read until now may be enough.
            return reading.images();
        } catch (ExecutionException e) {
            throw new IOException(origin() + " can't be read: " + Failures.describe(e.getCause()), e.getCause());
        } finally {
            thread.shutdownNow();
        }
        return reading.images();
    }

    /** Collects different images; pixels are uint8 H×W×3. */
    private final class Reading implements Runnable, TopicReader.Visitor {
        private final int most;
        private final Set<ByteBuffer> found = new LinkedHashSet<>();
        private long bytes;

        Reading(int most) {
            this.most = most;
        }

        synchronized List<byte[]> images() {
            return found.stream().map(ByteBuffer::array).toList();
        }

        private synchronized boolean add(byte[] pixels) {
            found.add(ByteBuffer.wrap(pixels));
            return found.size() < most;
        }

        @Override
        public void run() {
            KafkaClients clients = new KafkaClients(configuration.connection());
            try (TopicReader reader = new TopicReader(clients.committedReader(), WITHOUT_RECORD)) {
                List<TopicPartition> partitions =
                        clients.partitions(configuration.topics().input());
                reader.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = reader.ends(partitions);
                reader.read(ends, this);
            } catch (KafkaException e) {
                if (!Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }

        @Override
        public boolean visit(ConsumerRecord<byte[], byte[]> record) {
            RawEvent event = new RawEvent(OutcomeScan.position(record), record.key(), record.value(), record.headers());
            bytes += event.sizeInBytes();
            try {
                for (ImageEvent image : events.read(event)) {
                    if (image.image() != null && !add(preprocessor.toPixels(image.image()))) {
                        return false;
                    }
                }
            } catch (RejectedEventException e) {
                // It will become a dead letter, and tells nothing about the network.
                return bytes < MOST_BYTES;
            }
            return bytes < MOST_BYTES && !Thread.currentThread().isInterrupted();
        }
    }
}
