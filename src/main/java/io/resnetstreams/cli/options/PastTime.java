package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** An option's time in the past: a time with an offset from UTC, or a duration before now. */
public final class PastTime {
    private PastTime() {}

    /** Returns milliseconds since the epoch; throws {@link UserErrorException} for other text or a future time. */
    public static long parse(String option, String text, Instant now) {
        String iso = text.matches("\\d{1,6}[smh]") ? "PT" + text : text.matches("\\d{1,6}d") ? "P" + text : text;
        Instant time;
        try {
            time = iso.startsWith("P")
                    ? now.minus(Duration.parse(iso))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw UserErrorException.usage(
                    option + " is '" + text
                            + "'; allowed are a time such as 2026-11-23T00:00:00Z and a duration such as 30s, 15m, 2h, 7d or"
                            + " PT2H",
                    e);
        }
        if (time.isAfter(now)) {
            throw UserErrorException.usage(option + " is '" + text + "', which is in the future");
        }
        return time.toEpochMilli();
    }
}
