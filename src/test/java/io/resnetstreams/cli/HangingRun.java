package io.resnetstreams.cli;

import io.resnetstreams.model.Classifier;
import io.resnetstreams.service.Logging;
import io.resnetstreams.service.ProcessEnd;
import io.resnetstreams.service.Termination;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;

/**
 * {@code run} with a device that hangs: after some batches a call to the engine computes and does not return. The first
 * argument is {@link #ONCE} or {@link #ALWAYS}; the others are those of {@code run}.
 */
public final class HangingRun {
    static final String ALWAYS = "always";
    static final String ONCE = "once";
    private static final int SOUND_BATCHES = 10;

    private HangingRun() {}

    public static void main(String[] arguments) {
        List<String> all = List.of(arguments);
        Logging.prepare(all);
        Termination.handleSignals();
        AtomicInteger soundBatches = new AtomicInteger(SOUND_BATCHES);
        AtomicInteger hangs = new AtomicInteger(all.get(0).equals(ALWAYS) ? Integer.MAX_VALUE : 1);
        RunCommand command = new RunCommand(classifier -> new HangingClassifier(classifier, soundBatches, hangs));
        String[] rest = all.subList(1, all.size()).toArray(String[]::new);
        ProcessEnd.end(Main.prepared(new CommandLine(command)).execute(rest));
    }

    private record HangingClassifier(Classifier classifier, AtomicInteger soundBatches, AtomicInteger hangs)
            implements Classifier {
        @Override
        public float[][] classify(List<byte[]> images) {
            if (soundBatches.getAndDecrement() <= 0 && hangs.getAndDecrement() > 0) {
                computeForEver(images);
            }
            return classifier.classify(images);
        }

        private void computeForEver(List<byte[]> images) {
            while (true) {
                classifier.classify(images);
            }
        }

        @Override
        public void close() {
            classifier.close();
        }
    }
}
