package io.resnetstreams.precision;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.resnetstreams.common.Text;
import io.resnetstreams.model.network.EngineName;
import io.resnetstreams.model.network.Precision;
import java.math.BigDecimal;

/**
 * What was found for one candidate.
 *
 * @param agreement share of the held-out images whose first label is that of fp32; null if it was not measured
 * @param gain speed relative to fp32; null if it was not measured
 * @param refusal why it was not chosen; null if it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trial(Precision precision, EngineName engine, Double agreement, Double gain, String refusal) {
    /** A lower precision must be faster than fp32 by more than a measurement's error, since it costs labels. */
    static final double CLEARLY_FASTER = 1.1;

    private static final double TENTHS_OF_PERCENT = 1_000;

    /** Returns the result for measured figures. */
    static Trial measured(Candidate candidate, double agreement, double gain, double minAgreement) {
        String refusal = null;
        if (agreement < minAgreement) {
            refusal = "at least " + exactPercent(minAgreement) + " % must be the same";
        } else if (!(gain >= CLEARLY_FASTER)) {
            refusal = "it must be at least " + CLEARLY_FASTER + " times as fast";
        }
        return new Trial(candidate.precision(), candidate.engine(), agreement, gain, refusal);
    }

    static Trial notMeasured(Candidate candidate, String refusal) {
        return new Trial(candidate.precision(), candidate.engine(), null, null, refusal);
    }

    Trial refused(String reason) {
        return new Trial(precision, engine, agreement, gain, reason);
    }

    /** Returns whether it was chosen, or, while others are still measured, may be. */
    public boolean accepted() {
        return refusal == null;
    }

    /** Returns precision and engine: {@code int8 (ONNX Runtime)}. */
    public String title() {
        return precision + " (" + engine.title() + ")";
    }

    /** Returns the result in one line. */
    String line(int heldOut) {
        String figures = agreement == null
                ? ""
                : Text.decimal(gain, 2) + " times as fast as fp32, " + percent(agreement) + " % of " + heldOut
                        + " held-out images have the same label";
        if (accepted()) {
            return "Precision " + title() + ": " + figures;
        }
        return "Precision " + title() + " refused: " + (figures.isEmpty() ? "" : figures + "; ") + refusal;
    }

    /** Returns a share in percent with one decimal, not rounded up, since it is compared with a limit. */
    public static String percent(double share) {
        return Text.decimal(Math.floor(share * TENTHS_OF_PERCENT + 1e-6) / 10, 1);
    }

    private static String exactPercent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
    }
}
