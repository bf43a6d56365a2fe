package io.resnetstreams.topology;

/** The topics of a pipeline, by their roles. */
public record Topics(String input, String labels, String deadLetters) {
    /** The rule for topic names, as the end of a sentence. */
    public static final String NAME_RULE = "1 to 249 of the characters a-z, A-Z, 0-9, '.', '_' and '-'";

    public Topics {
        requireName("input", input);
        requireName("labels", labels);
        requireName("deadLetters", deadLetters);
        if (input.equals(labels) || input.equals(deadLetters) || labels.equals(deadLetters)) {
            throw new IllegalArgumentException("input, labels and deadLetters must differ; they are " + input + ", "
                    + labels + " and " + deadLetters);
        }
    }

    /** Returns whether a name is a valid topic name. */
    public static boolean isName(String name) {
        return name.matches("[a-zA-Z0-9._-]{1,249}");
    }

    /** Throws IllegalArgumentException with the topic's role if a name is not a valid topic name. */
    public static void requireName(String role, String name) {
        if (name == null || !isName(name)) {
            throw new IllegalArgumentException(role + " is '" + name + "'; a topic's name has " + NAME_RULE);
        }
    }
}
