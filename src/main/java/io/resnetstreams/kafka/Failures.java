package io.resnetstreams.kafka;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.UnsupportedMachineException;
import io.resnetstreams.topology.InputGapException;
import io.resnetstreams.topology.OutcomeRefusedException;
import io.resnetstreams.topology.TopicCheck.MissingTopicException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/** Describes failures in one line. */
public final class Failures {
    private Failures() {}

    /** Returns the meaning of a broker's refusal, or else the message of the innermost cause. */
    public static String describe(Throwable failure) {
        Throwable explained = explained(failure);
        String refusal = refusal(failure);
        if (explained != null) {
            return firstLine(explained) + (refusal == null ? "" : "; " + refusal);
        }
        if (refusal != null) {
            return refusal;
        }
        Throwable root = innermost(failure);
        if (root instanceof NoSuchFileException missing) {
            // The exception's message is only the file name.
            return "there is no file " + missing.getFile();
        }
        return root.getClass().getSimpleName() + ": " + firstLine(root);
    }

    /**
     * Returns why a broker refuses a connection or a request (a wrong secret or certificate, a missing ACL) in one line; null
     * if neither the failure nor one of its causes is a refusal.
     */
    public static String refusal(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SslAuthenticationException) {
                return "no TLS connection to the broker: " + firstLine(innermost(cause));
            }
            if (cause instanceof AuthenticationException) {
                return "the broker refuses the login: " + firstLine(cause);
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
        return denial instanceof ClusterAuthorizationException
                ? "Write on the target topic is missing"
                : firstLine(denial);
    }

    /** Returns the cause whose message needs no explanation, or null. */
    private static Throwable explained(Throwable failure) {
        return causes(failure)
                .filter(cause -> cause instanceof UnsupportedMachineException
                        || cause instanceof OutcomeRefusedException
                        || cause instanceof InputGapException
                        || cause instanceof MissingTopicException)
                .findFirst()
                .orElse(null);
    }

    /** Returns the messages of a failure and its causes, without messages that another one contains. */
    static String messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        causes(failure).map(Failures::firstLine).forEach(message -> {
            messages.removeIf(outer -> outer.contains(message));
            messages.add(message);
        });
        return String.join(": ", messages);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }

    private static Throwable innermost(Throwable failure) {
        return causes(failure).reduce((outer, inner) -> inner).orElseThrow();
    }

    /** Returns the first line of a failure's message, or its class name if it has no message. */
    public static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : PlainText.of(message.lines().findFirst().orElse(""));
    }
}
