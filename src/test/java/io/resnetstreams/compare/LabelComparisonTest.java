package io.resnetstreams.compare;

import static io.resnetstreams.compare.OutcomeStream.DEAD_LETTERS_A;
import static io.resnetstreams.compare.OutcomeStream.DEAD_LETTERS_B;
import static io.resnetstreams.compare.OutcomeStream.LABELS_A;
import static io.resnetstreams.compare.OutcomeStream.LABELS_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.compare.ClassChanges.Change;
import io.resnetstreams.compare.ComparisonResult.Event;
import io.resnetstreams.compare.ComparisonResult.Shift;
import io.resnetstreams.compare.ComparisonResult.SureChange;
import io.resnetstreams.events.LabelEvent.Label;
import io.resnetstreams.events.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Tests what a comparison counts and which examples it names. */
class LabelComparisonTest {
    private static final TopicPartition SOURCE = new TopicPartition("image-events", 3);
    private static final OutputTopics LIVE = new OutputTopics("live", "image-labels", "image-events-dlq");
    private static final OutputTopics OTHER = new OutputTopics("other", "other-labels", null);

    private final LabelComparison comparison = new LabelComparison(LIVE, OTHER, 2);
    private long offset;

    private SourceOutcome label(String label, double probability) {
        return new SourceOutcome(SOURCE, offset, "id-" + offset, new Label(label, 0, (float) probability));
    }

    private SourceOutcome deadLetter() {
        return new SourceOutcome(SOURCE, offset, null, null);
    }

    private void both(SourceOutcome a, SourceOutcome b) {
        event(Map.of(LABELS_A, a, LABELS_B, b));
    }

    private void event(Map<OutcomeStream, SourceOutcome> outcomes) {
        comparison.outcomes(outcomes);
        offset++;
    }

    @Test
    void noEventsAreNoAgreement() {
        assertThat(comparison.result().compared()).isZero();
        assertThat(comparison.result().agreement()).isNull();
    }

    @Test
    void equalLabelsAgreeAndShiftByTheirProbability() {
        both(label("cat", 0.5), label("cat", 0.5));
        both(label("cat", 0.5), label("cat", 0.75));
        both(label("dog", 0.75), label("dog", 0.25));
        both(label("dog", 0.75), label("dog", 0.625));
        ComparisonResult result = comparison.result();
        assertThat(result.agreement()).isEqualTo(1.0);
        assertThat(result.changed()).isZero();
        assertThat(result.changes()).isEmpty();
        assertThat(result.shifts())
                .containsExactly(
                        new Shift("id-2", "image-events-3@2", "dog", 0.75, 0.25, -0.5),
                        new Shift("id-1", "image-events-3@1", "cat", 0.5, 0.75, 0.25));
    }

    @Test
    void differentLabelsAreCountedByPairAndTheMostProbableNamed() {
        both(label("cat", 0.9), label("dog", 0.3));
        both(label("cat", 0.6), label("dog", 0.5));
        both(label("dog", 0.8), label("cat", 0.7));
        both(label("dog", 0.8), label("dog", 0.8));
        ComparisonResult result = comparison.result();
        assertThat(result.compared()).isEqualTo(4);
        assertThat(result.agreement()).isCloseTo(0.25, within(1e-12));
        assertThat(result.changed()).isEqualTo(3);
        assertThat(result.changes()).containsExactly(new Change("cat", "dog", 2), new Change("dog", "cat", 1));
        assertThat(result.surestChanges())
                .containsExactly(
                        new SureChange("id-2", "image-events-3@2", "dog", "cat", 0.8f, 0.7f),
                        new SureChange("id-1", "image-events-3@1", "cat", "dog", 0.6f, 0.5));
        assertThat(result.shifts()).isEmpty();
    }

    @Test
    void eventsOfOneOutputAloneAreCountedAndTheFirstNamed() {
        event(Map.of(LABELS_A, label("cat", 0.5)));
        event(Map.of(LABELS_B, label("cat", 0.5)));
        event(Map.of(LABELS_B, label("cat", 0.5)));
        event(Map.of(DEAD_LETTERS_B, deadLetter()));
        ComparisonResult result = comparison.result();
        assertThat(result.compared()).isZero();
        assertThat(result.onlyInA()).isEqualTo(1);
        assertThat(result.onlyInB()).isEqualTo(3);
        assertThat(result.examples().onlyInA()).containsExactly(new Event("id-0", "image-events-3@0"));
        assertThat(result.examples().onlyInB())
                .containsExactly(new Event("id-1", "image-events-3@1"), new Event("id-2", "image-events-3@2"));
    }

    @Test
    void deadLettersOfOneOutputAreNamedByTheIdInTheOther() {
        event(Map.of(DEAD_LETTERS_A, deadLetter(), LABELS_B, label("cat", 0.5)));
        event(Map.of(LABELS_A, label("cat", 0.5), DEAD_LETTERS_B, deadLetter()));
        event(Map.of(DEAD_LETTERS_A, deadLetter(), DEAD_LETTERS_B, deadLetter()));
        ComparisonResult result = comparison.result();
        assertThat(List.of(result.compared(), result.onlyInA(), result.onlyInB()))
                .containsOnly(0L);
        assertThat(result.deadLetterOnlyInA()).isEqualTo(1);
        assertThat(result.deadLetterOnlyInB()).isEqualTo(1);
        assertThat(result.examples().deadLetterOnlyInA()).containsExactly(new Event("id-0", "image-events-3@0"));
        assertThat(result.examples().deadLetterOnlyInB()).containsExactly(new Event("id-1", "image-events-3@1"));
    }

    @Test
    void recordsReadAreCountedByOutput() {
        comparison.read(LABELS_A, new OutcomeReader.Item(0, 0, label("cat", 0.5), null));
        comparison.read(LABELS_A, new OutcomeReader.Item(0, 1, null, "image-labels-0@1: no label event"));
        comparison.read(DEAD_LETTERS_A, new OutcomeReader.Item(0, 0, deadLetter(), null));
        comparison.duplicates(LABELS_B, 3);
        comparison.misplaced(LABELS_B);
        ComparisonResult result = comparison.result();
        assertThat(result.a()).isEqualTo(new ComparisonResult.Side(LIVE, 1, 1L, 0, 0, 1));
        assertThat(result.b()).isEqualTo(new ComparisonResult.Side(OTHER, 0, null, 3, 1, 0));
        assertThat(result.examples().malformed()).containsExactly("image-labels-0@1: no label event");
    }

    private SourceOutcome labelOf(String sha256, String label) {
        return new SourceOutcome(SOURCE, offset, new Part(2, 2), "id", new Label(label, 0, 0.5f), sha256);
    }

    @Test
    void labelsOfDifferentImagesAreNotCompared() {
        both(labelOf("aa", "cat"), labelOf("aa", "dog"));
        both(labelOf("aa", "cat"), labelOf("bb", "dog"));
        both(labelOf("aa", "cat"), labelOf("bb", "cat"));
        both(labelOf(null, "cat"), labelOf("bb", "cat"));
        ComparisonResult result = comparison.result();
        assertThat(result.compared()).isEqualTo(2);
        assertThat(result.changed()).isEqualTo(1);
        assertThat(result.changedImages()).isEqualTo(2);
        assertThat(result.changedImagesWithOtherLabel()).isEqualTo(1);
        assertThat(result.surestChanges().get(0).source()).isEqualTo("image-events-3@0#2");
    }

    @Test
    void theJsonHasNamesForEachFigure() {
        both(label("cat", 0.9), label("dog", 0.3));
        JsonNode json = new ObjectMapper().valueToTree(comparison.result());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "a",
                        "b",
                        "compared",
                        "agreement",
                        "changed",
                        "onlyInA",
                        "onlyInB",
                        "deadLetterOnlyInA",
                        "deadLetterOnlyInB",
                        "changedImages",
                        "changedImagesWithOtherLabel",
                        "changes",
                        "uncountedChanges",
                        "shifts",
                        "surestChanges",
                        "examples");
        assertThat(json.get("changes")).hasToString("[{\"from\":\"cat\",\"to\":\"dog\",\"count\":1}]");
    }

    @Test
    void pairsBeyondTheLimitAreCountedTogether() {
        ClassChanges changes = new ClassChanges(2);
        for (String to : List.of("b", "c", "d", "b", "a", "e")) {
            changes.add("a", to);
        }
        assertThat(changes.changes()).containsExactly(new Change("a", "b", 2), new Change("a", "c", 1));
        assertThat(changes.uncounted()).isEqualTo(2);
    }

    @Test
    void theLabelsThatChangedMostComeFirst() {
        ClassChanges changes = new ClassChanges();
        changes.add("z", "z");
        changes.add("rare", "b");
        changes.add("often", "a");
        changes.add("often", "a");
        assertThat(changes.mostChanged(2)).containsExactly("a", "often");
        assertThat(changes.mostChanged(9)).containsExactly("a", "b", "often", "rare", "z");
    }

    @Test
    void pairsAreCountedAsInAMapOfAll() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("LabelComparisonTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<List<String>, Long> expected = new HashMap<>();
        List<Double> shifts = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            String from = "class-" + random.nextInt(6);
            String to = "class-" + random.nextInt(6);
            double probabilityA = random.nextInt(1_000) / 1_024.0;
            double probabilityB = random.nextInt(1_000) / 1_024.0;
            both(label(from, probabilityA), label(to, probabilityB));
            if (from.equals(to)) {
                shifts.add(Math.abs(probabilityB - probabilityA));
            } else {
                expected.merge(List.of(from, to), 1L, Long::sum);
            }
        }
        ComparisonResult result = comparison.result();
        Map<List<String>, Long> found = new HashMap<>();
        result.changes().forEach(change -> found.put(List.of(change.from(), change.to()), change.count()));
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
        shifts.sort((a, b) -> Double.compare(b, a));
        assertThat(result.shifts())
                .as("seed %d", seed)
                .extracting(shift -> Math.abs(shift.shift()))
                .isEqualTo(shifts.subList(0, 2));
    }
}
