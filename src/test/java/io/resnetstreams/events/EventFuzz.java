package io.resnetstreams.events;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.events.LabelEvent.Label;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Fuzzes JSON events: each is rejected with a code, or its label can be written and read back. */
final class EventFuzz {
    private static final EventReader READER = new EventReader(new EventLimits(8, 200, 20, 100, 50), 1 << 20);
    private static final Deserializer<LabelEvent> LABELS = LabelEvent.deserializer();

    private EventFuzz() {}

    public static void main(String[] arguments) throws Exception {
        ByteMutator mutator = new ByteMutator(corpus(), tokens());
        FuzzRun.run("events", mutator::next, EventFuzz::accepts);
    }

    private static boolean accepts(byte[] input) throws RejectedEventException {
        boolean told = input.length > 0 && input[input.length - 1] % 2 == 0;
        Headers headers = told ? TestEvents.headers("content-type", "application/json") : TestEvents.headers();
        // The damaged text is also the key, which can become the id.
        RawEvent event = TestEvents.event(input, input, headers);
        ImageEvent read;
        try {
            read = READER.read(event).get(0);
        } catch (RejectedEventException e) {
            DeadLetter letter = DeadLetter.of(event, e);
            assertThat(letter.code()).matches("[a-z0-9_]+");
            assertThat(letter.reason()).isNotBlank();
            assertThat(letter.headers().lastHeader(DeadLetter.MESSAGE_HEADER).value())
                    .isNotEmpty();
            assertThat(letter.recordValue()).isEqualTo(input);
            return false;
        }
        assertThat(Stream.of((Object) read.image(), read.reference(), read.rejection())
                        .filter(Objects::nonNull))
                .hasSize(1);
        EncodedLabel label = TestEvents.encoded(
                new LabelEvent(read.id(), List.of(new Label("any", 0, 1)), TestEvents.MODEL, event.source()));
        assertThat(LABELS.deserialize(TestEvents.TOPIC, label.recordValue())).isEqualTo(label.event());
        return true;
    }

    private static List<byte[]> corpus() {
        return Stream.of(
                        "{\"id\": \"a\", \"image\": \"AQID\"}",
                        "{\"image\":\"iVBORw0KGgo=\"}",
                        "  {\"id\": \"\\u00e4\\ud83d\\ude00\\n\", \"image\": \"AQI=\", \"capturedAt\": \"2026-11-24T09:44:33Z\"}",
                        "{\"attributes\": {\"a\": [1, -2.5e3, true, null, {\"b\": [[\"x\", \"\\\\\"]]}]}, \"image\": \"AQ==\"}",
                        "{\"id\": \"ä😀\", \"image\": \"" + "AQID".repeat(60) + "\", \"n\": 12345678901234567890}")
                .map(json -> json.getBytes(UTF_8))
                .toList();
    }

    private static List<byte[]> tokens() {
        return Stream.of(
                        "{",
                        "}",
                        "[[[[[[[[[",
                        "]",
                        "\"",
                        "\\",
                        "\\u0000",
                        "\\ud800",
                        "\\udfff",
                        ",",
                        ":",
                        "NaN",
                        "Infinity",
                        "1e999999",
                        "-",
                        "1".repeat(25),
                        "null",
                        "true",
                        "\"id\":",
                        "\"image\":",
                        "s".repeat(210),
                        "/* */",
                        "\u00EF\u00BB\u00BF",
                        "\u00FF\u00FE",
                        "\u00ED\u00A0\u0080",
                        "\u00C0\u0080",
                        "\u00F5",
                        "\0",
                        "{\"id\":\"x\"}")
                .map(token -> token.getBytes(ISO_8859_1))
                .toList();
    }
}
