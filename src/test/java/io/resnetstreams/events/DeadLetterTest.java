package io.resnetstreams.events;

import static io.resnetstreams.events.TestEvents.event;
import static io.resnetstreams.events.TestEvents.headers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterTest {
    private static final RejectedEventException REJECTION =
            new RejectedEventException(Stage.LIMITS, "too_many_pixels", "the image has 9 pixels; 4 are allowed");

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), UTF_8);
    }

    @Test
    void theHeadersSayWhereAndWhy() {
        Headers headers = DeadLetter.of(event(null, null, headers()), REJECTION).headers();
        assertThat(text(headers, "__streams.errors.topic")).isEqualTo("image-events");
        assertThat(text(headers, "__streams.errors.partition")).isEqualTo("2");
        assertThat(text(headers, "__streams.errors.offset")).isEqualTo("7");
        assertThat(text(headers, "__streams.errors.message")).isEqualTo("the image has 9 pixels; 4 are allowed");
        assertThat(text(headers, "resnet-streams.stage")).isEqualTo("limits");
        assertThat(text(headers, "resnet-streams.code")).isEqualTo("too_many_pixels");
    }

    @Test
    void theExceptionIsTheRejectionItself() {
        assertThat(DeadLetter.of(event(0, 0), REJECTION).exception())
                .isEqualTo("io.resnetstreams.events.RejectedEventException");
    }

    @Test
    void theExceptionIsTheCauseWhereThereIsOne() {
        RejectedEventException rejection =
                new RejectedEventException(Stage.EVENT, "json", "broken", new IOException("end"));
        assertThat(DeadLetter.of(event(0, 0), rejection).exception()).isEqualTo("java.io.IOException");
    }

    @Test
    void theEventsOwnHeadersComeFirstAndUnchanged() {
        RecordHeaders own = new RecordHeaders();
        own.add("trace", new byte[] {(byte) 0xFF, 0});
        own.add("trace", null);
        Header[] found =
                DeadLetter.of(event(null, null, own), REJECTION).headers().toArray();
        assertThat(Arrays.copyOf(found, 2)).isEqualTo(own.toArray());
    }

    @Test
    void headersOfAnEarlierDeadLetterDoNotHideTheNewOnes() {
        Headers own = headers("__streams.errors.offset", "99", "resnet-streams.stage", "decode");
        Headers headers = DeadLetter.of(event(null, null, own), REJECTION).headers();
        assertThat(text(headers, "__streams.errors.offset")).isEqualTo("7");
        assertThat(text(headers, "resnet-streams.stage")).isEqualTo("limits");
    }

    @Test
    void theEventsHeadersAreFoundAgainWhateverTheirNames() {
        Headers own = new RecordHeaders()
                .add(SingleOutcome.RUN_HEADER, null)
                .add(DeadLetter.STAGE_HEADER, new byte[1])
                .add(DeadLetter.CODE_HEADER, new byte[2]);
        Headers headers = DeadLetter.of(event(null, null, own), REJECTION).headers();
        assertThat(DeadLetter.eventHeaders(headers)).containsExactly(own.toArray());
        headers.add(SingleOutcome.RUN_HEADER, new byte[3]).add(SingleOutcome.MODEL_HEADER, new byte[4]);
        assertThat(DeadLetter.eventHeaders(headers)).containsExactly(own.toArray());
        assertThat(DeadLetter.eventHeaders(headers())).isEmpty();
    }

    @Test
    void theEventsHeadersAreNotChanged() {
        Headers own = headers("trace", "t1");
        DeadLetter.of(event(null, null, own), REJECTION).headers();
        assertThat(own).isEqualTo(headers("trace", "t1"));
    }

    @Test
    void aLongReasonIsCut() {
        RejectedEventException rejection = new RejectedEventException(Stage.EVENT, "json", "x".repeat(5_000));
        assertThat(DeadLetter.of(event(0, 0), rejection).reason())
                .hasSize(1_000)
                .endsWith("x…");
    }

    @Test
    void aReasonOfTheGreatestLengthIsKept() {
        RejectedEventException rejection = new RejectedEventException(Stage.EVENT, "json", "x".repeat(1_000));
        assertThat(DeadLetter.of(event(0, 0), rejection).reason()).isEqualTo("x".repeat(1_000));
    }

    @Test
    void anEventTooLargeToBeWrittenAgainIsLeftOut() {
        RawEvent event = event(new byte[5], new byte[6], headers("trace", "t1"));
        DeadLetter letter =
                DeadLetter.of(event, new RejectedEventException(Stage.LIMITS, EventReader.TOO_LARGE, "too large"));
        assertThat(letter.event().key()).isNull();
        assertThat(letter.recordValue()).isNull();
        assertThat(letter.headers().lastHeader("trace")).isNull();
        assertThat(text(letter.headers(), "__streams.errors.offset")).isEqualTo("7");
        assertThat(text(letter.headers(), "resnet-streams.content")).isEqualTo("omitted");
        assertThat(DeadLetter.isWithoutContent(letter.headers())).isTrue();
        assertThat(letter.reason()).isEqualTo("too large; key, value and headers are left out here");
    }

    @Test
    void aLongReasonMakesRoomForWhyTheContentIsLeftOut() {
        RejectedEventException rejection = new RejectedEventException(Stage.EVENT, "json", "x".repeat(1_000));
        DeadLetter letter = DeadLetter.of(event(0, 0), rejection).withoutContent(", since it is large");
        assertThat(letter.reason())
                .hasSize(1_000)
                .endsWith("x…; key, value and headers are left out here, since it is large");
    }

    @Test
    void anEventsOwnHeaderDoesNotSayThatTheContentIsLeftOut() {
        Headers own = headers("resnet-streams.content", "omitted");
        assertThat(DeadLetter.isWithoutContent(
                        DeadLetter.of(event(null, null, own), REJECTION).headers()))
                .isFalse();
    }

    @Test
    void itGoesToThePartitionOfItsEvent() {
        assertThat(DeadLetter.of(event(5, 0), REJECTION).sourcePartition()).isEqualTo(5);
    }

    @Test
    void theSourceIsReadBackFromTheHeaders() {
        Headers headers = DeadLetter.of(event(5, 9_000_000_000L), REJECTION).headers();
        assertThat(DeadLetter.sourceOf(headers, 17))
                .contains(new SourcePosition(
                        "image-events",
                        5,
                        9_000_000_000L,
                        event(5, 9_000_000_000L).source().timestamp()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic", "partition", "offset"})
    void aSourceThatIsNotWholeIsNone(String missing) {
        Headers headers = DeadLetter.of(event(5, 7), REJECTION).headers();
        headers.remove("__streams.errors." + missing);
        assertThat(DeadLetter.sourceOf(headers, 17)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "five", "99999999999999999999"})
    void aSourceWithoutNumbersIsNone(String offset) {
        Headers headers = DeadLetter.of(event(5, 7), REJECTION).headers();
        headers.add("__streams.errors.offset", offset.getBytes(UTF_8));
        assertThat(DeadLetter.sourceOf(headers, 17)).isEmpty();
    }
}
