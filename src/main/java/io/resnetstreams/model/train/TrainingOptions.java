package io.resnetstreams.model.train;

/**
 * How a network is trained: stochastic gradient descent with Nesterov momentum, and a learning rate that rises linearly and
 * then falls.
 *
 * @param learningRate the highest learning rate, after warm-up
 * @param warmUpEpochs epochs during which the learning rate rises; fractions are allowed
 * @param weightDecay weight decay of convolutions and the dense layer
 * @param movingAverage decay per step of the moving average of all values, which becomes the model; 0 for no average
 * @param labelSmoothing share of a label's weight that is spread over all classes
 * @param patience number of epochs without a better accuracy on the held-out images after which training stops; the model
 *     is then that of the best epoch. With 0 all epochs are trained, and the model is that of the last epoch
 */
public record TrainingOptions(
        int epochs,
        int batchSize,
        double learningRate,
        Schedule schedule,
        double warmUpEpochs,
        double weightDecay,
        double movingAverage,
        double labelSmoothing,
        int cropBorder,
        boolean flip,
        double erasingProbability,
        int patience,
        long seed) {
    static final float MOMENTUM = 0.9f;

    /** How the learning rate falls after warm-up. */
    public enum Schedule {
        /** Half a cosine, to zero (Loshchilov and Hutter, "SGDR", without restarts). */
        COSINE,
        /** A tenth after half of the epochs, a hundredth after three quarters (He et al., section 4.2). */
        STEP;

        private double at(double progress) {
            if (this == STEP) {
                return progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01;
            }
            return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
        }
    }

    public TrainingOptions {
        require(epochs >= 1 && epochs <= 10_000, "epochs", epochs, "1 to 10000");
        require(batchSize >= 2 && batchSize <= 4_096, "batch size", batchSize, "2 to 4096");
        require(learningRate > 0 && learningRate <= 10, "learning rate", learningRate, "above 0 to 10");
        require(warmUpEpochs >= 0 && warmUpEpochs <= epochs, "warm-up epochs", warmUpEpochs, "0 to the epochs");
        require(weightDecay >= 0 && weightDecay < 1, "weight decay", weightDecay, "0 to below 1");
        require(movingAverage >= 0 && movingAverage < 1, "moving average", movingAverage, "0 to below 1");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "label smoothing", labelSmoothing, "0 to below 1");
        require(patience >= 0 && patience <= epochs, "patience", patience, "0 to the epochs");
        require(cropBorder >= 0 && cropBorder <= 64, "crop border", cropBorder, "0 to 64");
        double erasing = erasingProbability;
        require(erasing >= 0 && erasing <= 1, "erasing probability", erasing, "0 to 1");
    }

    /** Returns the learning rate of a step, counted from 0. */
    double learningRateAt(long step, int stepsPerEpoch) {
        double epoch = (double) (step + 1) / stepsPerEpoch;
        if (epoch < warmUpEpochs) {
            return learningRate * epoch / warmUpEpochs;
        }
        double progress = (epoch - warmUpEpochs) / Math.max(1e-9, epochs - warmUpEpochs);
        return learningRate * schedule.at(progress);
    }

    /** The decay of the moving average; it is lower in the first steps, so that the initial values lose their weight. */
    double movingAverageAt(long step) {
        return Math.min(movingAverage, (1.0 + step) / (10.0 + step));
    }

    private static void require(boolean holds, String what, Number value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is " + value + "; allowed are " + allowed);
        }
    }
}
