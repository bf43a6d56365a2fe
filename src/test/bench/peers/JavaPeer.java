import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;

/**
 * A service as a good engineer writes it in an afternoon: a consumer, one ONNX Runtime session that two threads share, batches
 * of 8, Leptonica's decoder, a producer with transactions. The network is one of {@code model export --input pixels}.
 *
 * <pre>java -cp 'target/lib/*' src/test/bench/peers/JavaPeer.java BOOTSTRAP INPUT LABELS FILE.onnx</pre>
 */
public final class JavaPeer {
    private static final int THREADS = 2;
    private static final int BATCH = 8;
    /** Of a transaction; each thread waits for the other at its end. */
    private static final int BATCHES = 8;

    private static final int SIDE = 224;
    private static final int SHORT_EDGE = 256;
    private static final int TOP = 5;

    private final ObjectMapper json = new ObjectMapper();
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    private JavaPeer(String model) throws Exception {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        session = environment.createSession(model, options);
    }

    public static void main(String[] arguments) throws Exception {
        new JavaPeer(arguments[3]).run(arguments[0], arguments[1], arguments[2]);
    }

    private void run(String bootstrap, String input, String labels) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", bootstrap,
                                "group.id", labels,
                                "auto.offset.reset", "earliest",
                                "enable.auto.commit", false,
                                "isolation.level", "read_committed",
                                "max.poll.records", BATCH * BATCHES),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "transactional.id", labels, "compression.type", "lz4"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(input));
            while (true) {
                List<ConsumerRecord<byte[], byte[]>> events = new ArrayList<>();
                consumer.poll(Duration.ofMillis(100)).forEach(events::add);
                if (events.isEmpty()) {
                    continue;
                }
                List<Future<List<byte[]>>> results = new ArrayList<>();
                for (int from = 0; from < events.size(); from += BATCH) {
                    List<ConsumerRecord<byte[], byte[]>> batch =
                            events.subList(from, Math.min(events.size(), from + BATCH));
                    results.add(threads.submit(() -> classify(batch)));
                }
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (int batch = 0; batch < results.size(); batch++) {
                    List<byte[]> values = results.get(batch).get();
                    for (int i = 0; i < values.size(); i++) {
                        ConsumerRecord<byte[], byte[]> event = events.get(batch * BATCH + i);
                        producer.send(new ProducerRecord<>(labels, event.partition(), event.key(), values.get(i)));
                        offsets.put(
                                new TopicPartition(event.topic(), event.partition()),
                                new OffsetAndMetadata(event.offset() + 1));
                    }
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                producer.commitTransaction();
            }
        }
    }

    private List<byte[]> classify(List<ConsumerRecord<byte[], byte[]>> events) throws Exception {
        ByteBuffer pixels = ByteBuffer.allocateDirect(events.size() * SIDE * SIDE * 3);
        for (ConsumerRecord<byte[], byte[]> event : events) {
            decode(event.value(), pixels);
        }
        pixels.flip();
        long[] shape = {events.size(), SIDE, SIDE, 3};
        String input = session.getInputNames().iterator().next();
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, pixels, shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            List<byte[]> values = new ArrayList<>();
            for (float[] probabilities : (float[][]) result.get(0).getValue()) {
                List<Map<String, Object>> top = IntStream.range(0, probabilities.length)
                        .boxed()
                        .sorted(Comparator.comparing((Integer index) -> -probabilities[index]))
                        .limit(TOP)
                        .map(index -> Map.<String, Object>of("index", index, "probability", probabilities[index]))
                        .toList();
                values.add(json.writeValueAsBytes(Map.of("labels", top)));
            }
            return values;
        }
    }

    /** Decodes at a half, a quarter or an eighth where that is enough, scales the short edge to 256, and crops the centre. */
    private static void decode(byte[] file, ByteBuffer into) {
        int[] width = new int[1];
        int[] height = new int[1];
        int[] unused = new int[1];
        leptonica.readHeaderMemJpeg(file, file.length, width, height, unused, unused, unused);
        int times = Math.min(width[0], height[0]) / (2 * SHORT_EDGE);
        int reduction = Math.max(1, Math.min(8, Integer.highestOneBit(times)));
        PIX read = leptonica.pixReadMemJpeg(file, file.length, 0, reduction, unused, 0);
        if (read == null) {
            throw new IllegalArgumentException("not a JPEG");
        }
        PIX image = leptonica.pixConvertTo32(read);
        float scale = (float) SHORT_EDGE / Math.min(leptonica.pixGetWidth(image), leptonica.pixGetHeight(image));
        PIX scaled = leptonica.pixScale(image, scale, scale);
        int scaledWidth = leptonica.pixGetWidth(scaled);
        int left = (scaledWidth - SIDE) / 2;
        int top = (leptonica.pixGetHeight(scaled) - SIDE) / 2;
        IntPointer data = leptonica.pixGetData(scaled);
        int[] row = new int[scaledWidth];
        for (int y = top; y < top + SIDE; y++) {
            data.position((long) y * scaledWidth).get(row);
            for (int x = left; x < left + SIDE; x++) {
                into.put((byte) (row[x] >>> 24)).put((byte) (row[x] >>> 16)).put((byte) (row[x] >>> 8));
            }
        }
        leptonica.pixDestroy(scaled);
        leptonica.pixDestroy(image);
        leptonica.pixDestroy(read);
    }
}
