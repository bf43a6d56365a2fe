package io.resnetstreams.topology;

/** The topics of a pipeline by their parts. */
public record Topics(String input, String labels, String deadLetters) {
    /** What a topic's name may be, as the end of a sentence. */
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

    /** Returns whether a topic can have this name. */
    public static boolean isName(String name) {
        return name.matches("[a-zA-Z0-9._-]{1,249}");
    }

    /**
     * Checks a topic's name.
     *
     * @throws IllegalArgumentException where no topic can have it; the message names the part it plays
     */
    public static void requireName(String part, String name) {
        if (name == null || !isName(name)) {
            throw new IllegalArgumentException(part + " is '" + name + "'; a topic's name has " + NAME_RULE);
        }
    }
}
