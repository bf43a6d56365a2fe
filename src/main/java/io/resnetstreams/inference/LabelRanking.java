package io.resnetstreams.inference;

import io.resnetstreams.events.LabelEvent.Label;
import java.util.Arrays;
import java.util.List;

/**
 * Selects the most probable classes.
 *
 * @param synset the classes' labels, by index
 * @param topK the number of labels of an event; at most all classes
 * @param embeddingLength the number of values that follow the probabilities in a row, which are not ranked
 */
public record LabelRanking(List<String> synset, int topK, int embeddingLength) {
    public LabelRanking {
        synset = List.copyOf(synset);
        if (topK < 1) {
            throw new IllegalArgumentException("topK is " + topK + "; at least 1 label is needed");
        }
    }

    /** Ranks rows that hold nothing but probabilities. */
    public LabelRanking(List<String> synset, int topK) {
        this(synset, topK, 0);
    }

    /**
     * Returns the most probable labels of a row, best first; equal ones in the order of their indices.
     *
     * @param row a probability for each class, followed by the embedding if there is one
     * @throws IllegalArgumentException if the row has another length
     */
    public List<Label> best(float[] row) {
        int classes = synset.size();
        if (row.length != classes + embeddingLength) {
            throw new IllegalArgumentException("the network has " + (row.length - embeddingLength)
                    + " outputs, but the model names " + classes + " classes");
        }
        int count = Math.min(topK, classes);
        int[] best = new int[count];
        int filled = 0;
        for (int index = 0; index < classes; index++) {
            int place = filled;
            while (place > 0 && row[best[place - 1]] < row[index]) {
                place--;
            }
            if (place < count) {
                int moved = Math.min(filled, count - 1) - place;
                System.arraycopy(best, place, best, place + 1, moved);
                best[place] = index;
                filled = Math.min(filled + 1, count);
            }
        }
        return Arrays.stream(best)
                .mapToObj(index -> new Label(synset.get(index), index, row[index]))
                .toList();
    }
}
