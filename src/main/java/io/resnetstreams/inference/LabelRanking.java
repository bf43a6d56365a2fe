package io.resnetstreams.inference;

import io.resnetstreams.events.LabelEvent.Label;
import java.util.Arrays;
import java.util.List;

/**
 * Selects the most probable classes.
 *
 * @param synset the classes' labels, by index
 * @param topK the number of labels of an event; at most all classes
 */
public record LabelRanking(List<String> synset, int topK) {
    public LabelRanking {
        synset = List.copyOf(synset);
        if (topK < 1) {
            throw new IllegalArgumentException("topK is " + topK + "; at least 1 label is needed");
        }
    }

    /**
     * Returns the most probable labels of a row of probabilities, best first; equal ones in the order of their indices.
     *
     * @throws IllegalArgumentException if the row's length is not the number of classes
     */
    public List<Label> best(float[] probabilities) {
        if (probabilities.length != synset.size()) {
            throw new IllegalArgumentException("the network has " + probabilities.length
                    + " outputs, but the model names " + synset.size() + " classes");
        }
        int count = Math.min(topK, probabilities.length);
        int[] best = new int[count];
        int filled = 0;
        for (int index = 0; index < probabilities.length; index++) {
            int place = filled;
            while (place > 0 && probabilities[best[place - 1]] < probabilities[index]) {
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
                .mapToObj(index -> new Label(synset.get(index), index, probabilities[index]))
                .toList();
    }
}
