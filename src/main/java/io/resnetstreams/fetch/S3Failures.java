package io.resnetstreams.fetch;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.events.RejectedEventException;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What failures of the AWS SDK mean. Those that the operator can mend (credentials, region, endpoint) concern every event, so
 * they count as temporary. Stateless.
 */
final class S3Failures {
    private static final int LONGEST_REASON = 300;

    private static final Set<String> CREDENTIALS = Set.of(
            "AuthFailure",
            "ExpiredToken",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSecurity",
            "InvalidToken",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "UnrecognizedClientException");
    private static final Set<String> REGION =
            Set.of("AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect");
    private static final Set<String> THROTTLING = Set.of(
            "RequestLimitExceeded",
            "RequestThrottled",
            "ServiceUnavailable",
            "SlowDown",
            "Throttling",
            "TooManyRequests");

    private static final String NO_CREDENTIALS =
            "there are no credentials for S3; the AWS SDK looks for AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY, a profile, and a role of the container or machine";
    static final String NO_REGION =
            "no region is known for S3; references.s3.region or AWS_REGION is needed, also with other stores than AWS";

    private S3Failures() {}

    /** Returns the failure if it may pass; otherwise it throws the rejection. */
    static TemporaryFailureException of(SdkException failure, String uri, Instant now) throws RejectedEventException {
        if (failure instanceof S3Exception answer) {
            return answered(answer, uri, now);
        }
        if (failure instanceof AwsServiceException) {
            // The service that gives credentials.
            return new TemporaryFailureException("credentials", text(failure));
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                return IoFailures.temporary(io);
            }
        }
        String text = text(failure);
        // The SDK's own messages list the classes of its chains.
        if (text.startsWith("Unable to load credentials from any")) {
            return new TemporaryFailureException("credentials", NO_CREDENTIALS);
        }
        if (text.startsWith("Unable to load region from any")) {
            return new TemporaryFailureException("region", NO_REGION);
        }
        if (text.contains("credentials")) {
            return new TemporaryFailureException("credentials", text);
        }
        return new TemporaryFailureException(text.contains("region") ? "region" : "connection", text);
    }

    private static TemporaryFailureException answered(S3Exception answer, String uri, Instant now)
            throws RejectedEventException {
        AwsErrorDetails details = answer.awsErrorDetails();
        String error = details == null || details.errorCode() == null ? "" : details.errorCode();
        String who = "S3" + (error.isEmpty() ? "" : " (" + PlainText.limited(error, 60) + ")");
        long retryAfterMillis = details == null || details.sdkHttpResponse() == null
                ? 0
                : details.sdkHttpResponse()
                        .firstMatchingHeader("Retry-After")
                        .map(header -> HttpStatus.retryAfterMillis(header, now))
                        .orElse(0L);
        String code = null;
        if (CREDENTIALS.contains(error)) {
            code = "credentials";
        } else if (REGION.contains(error) || answer.statusCode() == 301 || answer.statusCode() == 307) {
            code = "region";
        } else if (THROTTLING.contains(error)) {
            code = "throttled";
        } else if (error.equals("RequestTimeout")) {
            code = "timeout";
        }
        if (code != null) {
            return new TemporaryFailureException(code, who + " answered " + answer.statusCode(), retryAfterMillis);
        }
        return HttpStatus.failure(answer.statusCode(), uri, who, retryAfterMillis);
    }

    private static String text(SdkException failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return PlainText.limited(message, LONGEST_REASON);
    }
}
