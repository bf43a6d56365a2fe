package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.events.Stage;
import io.resnetstreams.events.TestEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text from events is escaped before it reaches a terminal. Records of other producers are reported and skipped. */
class HostileTextIT {
    private static final String HOSTILE = "a\u001b]0;x\u0007\nb\r\u009b31mc\u202ed\u2066e\u200bf";
    private static final String INPUT = "image-events";
    private static final String LABELS = "image-labels";
    private static final String LETTERS = "image-events-dlq";

    private static TestCluster cluster;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start("topics.partitions=1");
        SourcePosition source = new SourcePosition(INPUT, 0, 0, 1_000);
        send(new ProducerRecord<>(INPUT, 0, 1_000L, HOSTILE.getBytes(UTF_8), new byte[1]));
        // A dead letter in the format of earlier versions.
        RawEvent event = new RawEvent(source, HOSTILE.getBytes(UTF_8), new byte[1], new RecordHeaders());
        DeadLetter letter = new DeadLetter(event, Stage.EVENT, "content_type", "x", "java.lang.Exception");
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(LETTERS, 0, 1_000L, event.key(), event.value(), letter.headers());
        record.headers().add(DeadLetter.MESSAGE_HEADER, HOSTILE.getBytes(UTF_8));
        send(record);
        ProducerRecord<byte[], byte[]> foreign = new ProducerRecord<>(LETTERS, 0, null, new byte[1]);
        for (String name : List.of(DeadLetter.STAGE_HEADER, DeadLetter.CODE_HEADER, DeadLetter.TOPIC_HEADER)) {
            foreign.headers().add(name, HOSTILE.getBytes(UTF_8));
        }
        send(foreign);
        for (String value : List.of(
                "not JSON \u001b[31m",
                "7",
                "null",
                "{}",
                "{\"id\": \"x\", \"labels\": []}",
                "{\"id\": \"x\", \"labels\": [null]}",
                "{\"id\": \"x\", \"labels\": [{\"label\": \"cat\"}]}",
                "{\"id\": \"x\", \"labels\": [{\"label\": \"cat\"}], \"source\": {\"partition\": -1}}",
                "{\"id\": null, \"labels\": [{\"label\": \"cat\"}], \"source\": {\"topic\": \"image-events\"}}")) {
            send(new ProducerRecord<>(LABELS, 0, null, value.getBytes(UTF_8)));
        }
        send(new ProducerRecord<>(LABELS, 0, null, null));
        byte[] json = TestEvents.encoded(new LabelEvent(
                        HOSTILE,
                        List.of(new LabelEvent.Label(HOSTILE, 0, 0.5f)),
                        new LabelEvent.ModelReference("model", "00"),
                        source))
                .value();
        send(new ProducerRecord<>(LABELS, 0, 1_000L, HOSTILE.getBytes(UTF_8), json));
        Files.writeString(
                folder.resolve("offline.jsonl"),
                new ObjectMapper()
                                .createObjectNode()
                                .put("file", HOSTILE)
                                .put("outcome", "deadLetter")
                                .toString()
                        + "\n");
    }

    private static void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        try (Producer<byte[], byte[]> producer = cluster.clients().producer()) {
            producer.send(record).get();
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static CapturedCommand run(String words) {
        List<String> line = new ArrayList<>(List.of(words.split(" ")));
        line.replaceAll(
                word -> word.equals("OFFLINE") ? folder.resolve("offline.jsonl").toString() : word);
        line.addAll(List.of("--bootstrap", cluster.bootstrap()));
        return CapturedCommand.run(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dlq list",
                "dlq list --json",
                "dlq show",
                "dlq show --json",
                "dlq replay --dry-run",
                "labels --from-beginning --count 1",
                "labels --from-beginning --count 1 --json",
                "check --expected OFFLINE",
                "check --expected OFFLINE --json",
                "backfill diff live live",
                "backfill diff live live --json"
            })
    void controlCharactersAreEscaped(String words) {
        CapturedCommand command = run(words);
        assertThat(command.exitCode()).as(command::toString).isEqualTo(words.startsWith("check") ? 1 : 0);
        assertThat(command.out() + command.err())
                .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
                .doesNotContain("\tat ");
        // The text after an unescaped newline would start a line.
        assertThat(command.out().lines()).noneMatch(line -> line.startsWith("b"));
    }

    @Test
    void jsonHasTheOriginalText() throws Exception {
        JsonNode label = new ObjectMapper()
                .readTree(run("labels --from-beginning --count 1 --json").out());
        assertThat(label.get("id").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void labelsReportsRecordsThatAreNotLabels() {
        CapturedCommand labels = run("labels --from-beginning --count 1");
        assertThat(labels.errorLines()).hasSize(8).allSatisfy(line -> assertThat(line)
                .matches("image-labels-0@\\d: a (value on image-labels is not a label event|label event without .*)"));
    }

    @Test
    void otherCommandsCountMalformedRecords() throws Exception {
        assertThat(new ObjectMapper()
                        .readTree(run("check --json").out())
                        .get("malformed")
                        .asInt())
                .isEqualTo(11);
        assertThat(new ObjectMapper()
                        .readTree(run("backfill diff live live --json").out())
                        .at("/a/malformed")
                        .asInt())
                .isEqualTo(11);
    }
}
