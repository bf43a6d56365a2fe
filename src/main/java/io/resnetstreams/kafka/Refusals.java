package io.resnetstreams.kafka;

import java.util.TreeSet;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Explains why a broker refuses a connection or a request: which secret, certificate or ACL is wrong. */
public final class Refusals {
    private Refusals() {}

    /** Returns an explanation in one line, or null if neither the failure nor one of its causes is a refusal. */
    public static String explain(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SslAuthenticationException) {
                return "no TLS connection to the broker: " + Failures.firstLine(Failures.innermost(cause));
            }
            if (cause instanceof AuthenticationException) {
                return "the broker refuses the login: " + Failures.firstLine(cause);
            }
            if (cause instanceof AuthorizationException denial) {
                return "the broker's ACLs deny it: " + missing(denial);
            }
        }
        return null;
    }

    private static String missing(AuthorizationException denial) {
        if (denial instanceof TopicAuthorizationException topics
                && !topics.unauthorizedTopics().isEmpty()) {
            return "Read on topic " + String.join(", ", new TreeSet<>(topics.unauthorizedTopics()))
                    + " is missing, or Write for a producer";
        }
        if (denial instanceof GroupAuthorizationException group) {
            return "Read on group " + group.groupId() + " is missing";
        }
        if (denial instanceof TransactionalIdAuthorizationException) {
            return "Write is missing on the transactional ids that begin with the applicationId";
        }
        if (denial instanceof ClusterAuthorizationException) {
            return "Write on the target topic is missing";
        }
        return Failures.firstLine(denial);
    }
}
