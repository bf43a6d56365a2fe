package io.resnetstreams.cli.options;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Whether input and output are connected to a terminal, as the launcher reports in system properties. */
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

    /** Returns whether a question can be shown and answered on a terminal. */
    public static boolean isInput() {
        return Boolean.getBoolean("resnet-streams.tty.in") && isError();
    }

    /** Asks a question on standard error, and returns whether the answer is yes. */
    public static boolean confirms(String question) {
        System.err.print(question + " [y/N] ");
        System.err.flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
            return answer != null && answer.strip().matches("(?i)y(es)?");
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns a progress bar on standard error, or null if standard error is not a terminal. */
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
