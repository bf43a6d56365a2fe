package io.resnetstreams.cli.options;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Whether a person looks on; the launcher knows. */
public final class Terminal {
    private Terminal() {}

    /** Returns whether standard output is a terminal. */
    public static boolean isOutput() {
        return Boolean.getBoolean("resnet-streams.tty.out");
    }

    /** Returns whether standard error is a terminal. */
    public static boolean isError() {
        return Boolean.getBoolean("resnet-streams.tty.err");
    }

    /** Returns whether somebody can answer a question. */
    public static boolean isInput() {
        return Boolean.getBoolean("resnet-streams.tty.in") && isError();
    }

    /** Reads an answer; null where there is none. */
    private static String readLine() {
        try {
            return new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
        } catch (IOException e) {
            return null;
        }
    }

    /** Asks a question on standard error, and returns whether the answer is yes. */
    public static boolean confirms(String question) {
        System.err.print(question + " [y/N] ");
        System.err.flush();
        String answer = readLine();
        return answer != null && answer.strip().matches("(?i)y(es)?");
    }

    /** Returns a progress bar on standard error, or null where no terminal is there to show it. */
    public static ProgressBar progressBar(String task, long steps) {
        return isError()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .build()
                : null;
    }
}
