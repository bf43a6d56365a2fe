package io.resnetstreams.cli;

/** Whether a person looks on; the launcher knows. */
final class Terminal {
    private Terminal() {}

    /** Returns whether standard output is a terminal. */
    static boolean isOutput() {
        return Boolean.getBoolean("resnet-streams.tty.out");
    }

    /** Returns whether standard error is a terminal. */
    static boolean isError() {
        return Boolean.getBoolean("resnet-streams.tty.err");
    }
}
