package io.resnetstreams.fetch;

import io.resnetstreams.events.RejectedEventException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hc.client5.http.utils.DateUtils;

/** What a status other than 200 means. Stateless. */
final class HttpStatus {
    private HttpStatus() {}

    /**
     * Returns the failure if it may pass; otherwise it throws the rejection.
     *
     * @param who who answered, with what it said about it
     * @param retryAfterMillis the time for which it asks to wait, or 0
     */
    static TemporaryFailureException failure(int status, String uri, String who, long retryAfterMillis)
            throws RejectedEventException {
        String reason = who + " answered " + status;
        if (status == 429) {
            return new TemporaryFailureException("throttled", reason, retryAfterMillis);
        }
        if (status == 408 || status == 425 || status >= 500) {
            return new TemporaryFailureException("server_error", reason, retryAfterMillis);
        }
        String code =
                switch (status) {
                    case 401, 403, 407 -> "forbidden";
                    case 404, 410 -> "not_found";
                    case 204, 205 -> "empty";
                    default -> "http_status";
                };
        throw UriText.rejection(code, uri, reason);
    }

    /** Reads the header {@code Retry-After}, seconds or a date; 0 if it is neither. */
    static long retryAfterMillis(String header, Instant now) {
        if (header.matches("\\d{1,9}")) {
            return Long.parseLong(header) * 1_000;
        }
        Instant date = DateUtils.parseStandardDate(header);
        return date == null ? 0 : Math.max(0, Duration.between(now, date).toMillis());
    }
}
