package io.resnetstreams.fetch;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.CheckedDns.RefusedHostException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;

/** Tells failures of a connection that may pass from those that will not. Stateless. */
final class IoFailures {
    private static final int LONGEST_REASON = 300;

    private IoFailures() {}

    /** Returns the failure if it may pass; otherwise it throws the rejection. */
    static TemporaryFailureException of(IOException failure, String uri) throws RejectedEventException {
        if (failure instanceof RefusedHostException) {
            throw UriText.rejection("address_not_allowed", uri, failure.getMessage());
        }
        if (failure instanceof SSLException
                && !has(failure, SocketException.class, SocketTimeoutException.class, EOFException.class)) {
            throw UriText.rejection("tls", uri, "TLS failed: " + text(failure));
        }
        if (failure instanceof MessageConstraintException
                || has(failure, HttpException.class)
                || failure instanceof MalformedChunkCodingException && !(failure instanceof TruncatedChunkException)) {
            throw UriText.rejection("bad_response", uri, "the response is not valid HTTP: " + text(failure));
        }
        return temporary(failure);
    }

    /** Returns a failure of a store that the operator chose, which always may pass. */
    static TemporaryFailureException temporary(IOException failure) {
        if (failure instanceof UnknownHostException) {
            return new TemporaryFailureException("dns", "unknown host " + text(failure));
        }
        if (failure instanceof SocketTimeoutException) {
            return new TemporaryFailureException("timeout", text(failure));
        }
        boolean isTruncated =
                failure instanceof ConnectionClosedException || failure instanceof TruncatedChunkException;
        return new TemporaryFailureException(isTruncated ? "truncated" : "connection", text(failure));
    }

    @SafeVarargs
    private static boolean has(Throwable failure, Class<? extends Throwable>... types) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (Class<? extends Throwable> type : types) {
                if (type.isInstance(cause)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String text(IOException failure) {
        String message = failure.getMessage();
        return PlainText.limited(message == null ? failure.getClass().getSimpleName() : message, LONGEST_REASON);
    }
}
