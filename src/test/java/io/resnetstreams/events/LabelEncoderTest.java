package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.LabelEvent.Source;
import io.resnetstreams.events.LabelEvent.SourceImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelEncoderTest {
    private static final Headers EVENT_HEADERS = headers(
            "traceparent", "00-1", "content-type", "image/png", "ce_id", "e-1", "ce_source", "/cam", "CE_x", "kept");

    private static EncodedLabel encoded(String format, boolean connectSchema, Part part) {
        RawEvent event = event(null, new byte[] {1}, EVENT_HEADERS);
        LabelEvent label = new LabelEvent(
                "ä",
                "cat",
                0.5f,
                List.of(new Label("cat", 3, 0.5f)),
                TestEvents.MODEL,
                Source.of(event.source(), part, part == null ? null : new SourceImage("s3://b/k", "ab")),
                part == null ? null : new Embedding(Embedding.Type.FP32, 1, new byte[4]));
        return new LabelEncoder(new LabelSettings(format, connectSchema, 0, 0, "false"), 0).encode(event, label);
    }

    private static List<String> texts(Headers headers) {
        List<String> texts = new ArrayList<>();
        headers.forEach(header -> texts.add(header.key() + "=" + new String(header.value(), UTF_8)));
        return texts;
    }

    @Test
    void theContentTypeIsTheLabelsOwn() {
        assertThat(texts(encoded("json", false, null).headers()))
                .containsExactly(
                        "traceparent=00-1",
                        "event-content-type=image/png",
                        "event-ce_id=e-1",
                        "event-ce_source=/cam",
                        "CE_x=kept",
                        "content-type=application/json");
        assertThat(texts(EVENT_HEADERS)).hasSize(5);
    }

    @Test
    void aLabelCanBeACloudEvent() {
        EncodedLabel label = encoded("cloudevents", false, new Part(2, 3));
        assertThat(texts(label.headers()))
                .contains("event-ce_id=e-1")
                .endsWith(
                        "content-type=application/json",
                        "ce_specversion=1.0",
                        "ce_id=image-events-2@7#2",
                        "ce_source=urn:resnet-streams:image-events",
                        "ce_type=io.resnetstreams.label",
                        "ce_subject=ä",
                        "ce_time=2023-11-14T22:13:20Z");
        assertThat(texts(encoded("cloudevents", false, null).headers())).contains("ce_id=image-events-2@7");
    }

    @Test
    void theSizeOfTheHeadersIsKnown() {
        for (String format : List.of("json", "cloudevents")) {
            EncodedLabel label = encoded(format, false, null);
            long bytes = 0;
            for (Header header : label.headers()) {
                bytes += header.key().getBytes(UTF_8).length + header.value().length;
            }
            assertThat(label.headerBytes()).isEqualTo(bytes);
            assertThat(label.headerCount()).isEqualTo(label.headers().toArray().length);
        }
    }

    @Test
    void kafkaConnectReadsTheEnvelope() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", true, "converter.type", "value"));
        EncodedLabel label = encoded("json", true, new Part(2, 3));
        Struct read = (Struct) converter.toConnectData("labels", label.value()).value();
        read.validate();
        assertThat(read.getString("label")).isEqualTo("cat");
        assertThat(read.getFloat64("probability")).isEqualTo(0.5);
        assertThat(read.<Struct>getArray("labels").get(0).getInt32("index")).isEqualTo(3);
        assertThat(read.getStruct("model").getString("name")).isEqualTo("resnet20");
        assertThat(read.getStruct("source").getInt64("offset")).isEqualTo(7);
        assertThat(read.getStruct("source").getInt32("parts")).isEqualTo(3);
        assertThat(read.getStruct("source").getStruct("image").getString("sha256"))
                .isEqualTo("ab");
        assertThat(read.getStruct("embedding").getBytes("values")).isEqualTo(new byte[4]);
        Struct small = (Struct) converter
                .toConnectData("labels", encoded("json", true, null).value())
                .value();
        small.validate();
        assertThat(small.getStruct("source").getInt32("part")).isNull();
        assertThat(small.getStruct("embedding")).isNull();
    }

    @Test
    void theEnvelopeOfKafkaConnectIsReadBack() throws Exception {
        EncodedLabel label = encoded("json", true, new Part(2, 3));
        JsonNode json = new ObjectMapper().readTree(label.value());
        assertThat(json.at("/schema/type").asText()).isEqualTo("struct");
        assertThat(json.at("/payload/label").asText()).isEqualTo("cat");
        LabelEvent read = LabelEvent.complete("labels", label.value());
        assertThat(read.source()).isEqualTo(label.event().source());
        assertThat(read.origin().onePart()).isEqualTo(new Part(2, 3));
        assertThat(read.labels()).isEqualTo(label.event().labels());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "xml|0|0|false|format is 'xml'; allowed are json, cloudevents and avro",
                "json|-1|0|false|topK is -1",
                "json|0|1.5|false|threshold is 1.5; allowed are 0 to 1",
                "json|0|NaN|false|threshold is NaN",
                "json|0|0|yes|embedding is 'yes'; allowed are false, true, fp32 and fp16"
            })
    void otherSettingsAreRefused(String format, int topK, double threshold, String embedding, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabelSettings(format, false, topK, threshold, embedding))
                .withMessageStartingWith(reason);
    }
}
