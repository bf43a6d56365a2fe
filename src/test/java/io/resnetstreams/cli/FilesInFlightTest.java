package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.resnetstreams.demo.EventSource.SourceEvent;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FilesInFlightTest {
    private final List<RawEvent> events = new ArrayList<>();
    private final List<CompletableFuture<Outcome>> futures = new ArrayList<>();
    private final List<FilesInFlight.Classified> outcomes = new ArrayList<>();
    private boolean answersAtOnce;
    private final FilesInFlight files = new FilesInFlight(this::classify, outcomes::add);

    private CompletableFuture<Outcome> classify(RawEvent event) {
        CompletableFuture<Outcome> future = new CompletableFuture<>();
        events.add(event);
        futures.add(future);
        if (answersAtOnce) {
            answerAll();
        }
        return future;
    }

    private void answer(int index) {
        futures.get(index)
                .complete(DeadLetter.of(
                        events.get(index), new RejectedEventException(Stage.DECODE, "corrupt", "number " + index)));
    }

    private void answerAll() {
        for (int i = 0; i < futures.size(); i++) {
            answer(i);
        }
    }

    private static SourceEvent file(String name, int bytes) {
        return new SourceEvent(name, new byte[bytes], null);
    }

    private List<String> names() {
        return outcomes.stream().map(outcome -> outcome.file().id()).toList();
    }

    @Test
    void severalAreInFlightAndOutcomesComeInOrder() {
        files.add(file("a", 1));
        files.add(file("b", 1));
        files.add(file("c", 1));
        assertThat(events).hasSize(3);
        answer(2);
        answer(0);
        files.add(file("d", 1));
        assertThat(names()).containsExactly("a");
        answerAll();
        files.close();
        assertThat(names()).containsExactly("a", "b", "c", "d");
        assertThat(outcomes).extracting(FilesInFlight.Classified::number).containsExactly(0, 1, 2, 3);
    }

    @Test
    void fewLargeFilesAreInFlight() {
        int half = 40 << 20;
        files.add(file("a", half));
        answer(0);
        files.add(file("b", half));
        assertThat(names()).containsExactly("a");
    }

    @Test
    void theEventIsAnImageWithTheFilesName() {
        answersAtOnce = true;
        files.add(file("cat.png", 3));
        assertThat(events.get(0).source().topic()).isEqualTo("cat.png");
        assertThat(new String(events.get(0).headers().lastHeader("content-type").value(), UTF_8))
                .isEqualTo("image/*");
    }
}
