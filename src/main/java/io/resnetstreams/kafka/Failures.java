package io.resnetstreams.kafka;

import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.UnsupportedMachineException;
import io.resnetstreams.topology.InputGapException;
import io.resnetstreams.topology.MissingTopicException;
import io.resnetstreams.topology.OutcomeRefusedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/** Describes failures in one line. */
public final class Failures {
    private Failures() {}

    /** Returns the meaning of a broker's refusal, or else the message of the innermost cause. */
    public static String describe(Throwable failure) {
        Throwable explained = explained(failure);
        String refusal = Refusals.explain(failure);
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

    /** Returns the cause whose message needs no explanation, or null. */
    private static Throwable explained(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnsupportedMachineException
                    || cause instanceof OutcomeRefusedException
                    || cause instanceof InputGapException
                    || cause instanceof MissingTopicException) {
                return cause;
            }
        }
        return null;
    }

    /** Returns the messages of a failure and its causes, without messages that another one contains. */
    static String messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = firstLine(cause);
            messages.removeIf(outer -> outer.contains(message));
            messages.add(message);
        }
        return String.join(": ", messages);
    }

    static Throwable innermost(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Returns the first line of a failure's message, or its class name if it has no message. */
    public static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : PlainText.of(message.lines().findFirst().orElse(""));
    }
}
