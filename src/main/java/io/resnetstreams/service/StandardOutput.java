package io.resnetstreams.service;

import io.resnetstreams.kafka.Failures;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The standard output of the process. It keeps the first write error, since {@link PrintStream} reports only that there was
 * one. Thread-safe.
 */
public final class StandardOutput {
    private static final int BUFFER_BYTES = 8_192;
    private static final int OUTPUT_FAILED = 1;
    private static final AtomicReference<IOException> FAILURE = new AtomicReference<>();

    private StandardOutput() {}

    /** Replaces {@link System#out}. */
    public static void install() {
        OutputStream file = new Watched(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(new BufferedOutputStream(file, BUFFER_BYTES), true, charset()));
    }

    /** Returns the charset that Java has selected. */
    private static Charset charset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        return name == null ? Charset.defaultCharset() : Charset.forName(name);
    }

    /**
     * Flushes both outputs and returns the exit code: 1 instead of 0 if a write failed, which is reported in one line. A closed
     * pipe, for example to {@code head}, is not an error.
     */
    static int checked(int exitCode) {
        System.out.flush();
        IOException failure = FAILURE.getAndSet(null);
        boolean hasFailed = failure != null && !isClosedPipe(failure);
        if (hasFailed) {
            System.err.println("cannot write to standard output: " + Failures.firstLine(failure));
        }
        System.err.flush();
        return hasFailed && exitCode == 0 ? OUTPUT_FAILED : exitCode;
    }

    /** Java reports the system error only in the message. */
    private static boolean isClosedPipe(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }

    private static final class Watched extends FilterOutputStream {
        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                FAILURE.compareAndSet(null, e);
                throw e;
            }
        }
    }
}
