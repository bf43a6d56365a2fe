package io.resnetstreams.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The least that a peer must answer. */
public final class BestClass {
    private BestClass() {}

    public static byte[] bytes(float[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        return ("{\"index\":" + best + ",\"probability\":" + probabilities[best] + "}").getBytes(UTF_8);
    }
}
