package io.resnetstreams.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.resnetstreams.events.LabelEvent.Label;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelRankingTest {
    private static final List<String> SYNSET = List.of("cat", "dog", "owl", "eel");

    @Test
    void theMostProbableLabelsComeFirst() {
        assertThat(new LabelRanking(SYNSET, 2).best(new float[] {0.125f, 0.5f, 0.25f, 0.125f}))
                .containsExactly(new Label("dog", 1, 0.5f), new Label("owl", 2, 0.25f));
    }

    @Test
    void ofEqualProbabilitiesTheLowerIndexComesFirst() {
        assertThat(new LabelRanking(SYNSET, 3).best(new float[] {0.25f, 0.25f, 0.25f, 0.25f}))
                .extracting(Label::index)
                .containsExactly(0, 1, 2);
    }

    @Test
    void thereAreNoMoreLabelsThanClasses() {
        assertThat(new LabelRanking(SYNSET, 10).best(new float[] {0, 1, 0, 0})).hasSize(4);
    }

    @Test
    void aRowOfAnotherLengthNamesBothNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabelRanking(SYNSET, 1).best(new float[3]))
                .withMessage("the network has 3 outputs, but the model names 4 classes");
    }

    @Test
    void anEmbeddingIsNotRanked() {
        LabelRanking ranking = new LabelRanking(SYNSET, 2, 3);
        assertThat(ranking.best(new float[] {0.125f, 0.5f, 0.25f, 0.125f, 7, 8, 9}))
                .containsExactly(new Label("dog", 1, 0.5f), new Label("owl", 2, 0.25f));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ranking.best(new float[4]))
                .withMessage("the network has 1 outputs, but the model names 4 classes");
    }

    @Test
    void lessThanOneLabelIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LabelRanking(SYNSET, 0))
                .withMessage("topK is 0; at least 1 label is needed");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theRankingIsThatOfAStableSort(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            int classes = 1 + random.nextInt(40);
            float[] row = new float[classes];
            for (int i = 0; i < classes; i++) {
                // There are few different values, so that ties occur.
                row[i] = random.nextInt(8) / 8f;
            }
            int topK = 1 + random.nextInt(12);
            List<String> synset =
                    IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
            List<Integer> sorted = IntStream.range(0, classes)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -row[i]))
                    .limit(topK)
                    .toList();
            assertThat(new LabelRanking(synset, topK).best(row))
                    .as("seed %d, round %d", seed, round)
                    .extracting(Label::index)
                    .isEqualTo(sorted);
        }
    }
}
