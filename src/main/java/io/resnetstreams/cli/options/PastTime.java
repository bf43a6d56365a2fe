package io.resnetstreams.cli.options;

import io.resnetstreams.common.UserErrorException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An option's time in the past: a time with an offset from UTC, or a duration before now. */
public final class PastTime {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([smhd])");

    private PastTime() {}

    /**
     * Returns the time in milliseconds since the epoch.
     *
     * @throws UserErrorException if the text can't be parsed or the time is in the future
     */
    public static long parse(String option, String text, Instant now) {
        Instant time = time(option, text, now);
        if (time.isAfter(now)) {
            throw UserErrorException.usage(option + " is '" + text + "', which is in the future");
        }
        return time.toEpochMilli();
    }

    private static Instant time(String option, String text, Instant now) {
        Matcher duration = DURATION.matcher(text);
        if (duration.matches()) {
            long number = Long.parseLong(duration.group(1));
            return now.minus(
                    switch (duration.group(2)) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofDays(number);
                    });
        }
        try {
            return text.startsWith("P")
                    ? now.minus(Duration.parse(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw UserErrorException.usage(
                    option + " is '" + text
                            + "'; allowed are a time such as 2026-11-23T00:00:00Z and a duration such as 30s, 15m, 2h, 7d or"
                            + " PT2H",
                    e);
        }
    }
}
