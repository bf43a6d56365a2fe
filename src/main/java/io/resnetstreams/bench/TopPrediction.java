package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The smallest result that an alternative implementation must write for an image. */
public final class TopPrediction {
    private TopPrediction() {}

    /** Returns the most probable class and its probability as JSON. */
    public static byte[] toJson(float[] probabilities) {
        int top = 0;
        for (int i = 1; i < probabilities.length; i++) {
            top = probabilities[i] > probabilities[top] ? i : top;
        }
        return ("{\"index\":" + top + ",\"probability\":" + probabilities[top] + "}").getBytes(UTF_8);
    }
}
