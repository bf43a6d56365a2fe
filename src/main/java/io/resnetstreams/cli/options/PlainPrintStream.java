package io.resnetstreams.cli.options;

import io.resnetstreams.common.PlainText;
import java.io.PrintStream;
import java.util.Arrays;

/**
 * Escapes terminal control characters. Line breaks and tabs are escaped in arguments of a format, but not in other text.
 *
 * <p>Threading: as thread-safe as the stream that it prints to.
 */
final class PlainPrintStream extends PrintStream {
    PlainPrintStream(PrintStream target) {
        super(target, true);
    }

    @Override
    public void print(String text) {
        super.print(PlainText.lines(text));
    }

    @Override
    public void println(String text) {
        super.println(PlainText.lines(text));
    }

    @Override
    public void println(Object value) {
        println(String.valueOf(value));
    }

    @Override
    public PrintStream printf(String format, Object... arguments) {
        return format(format, arguments);
    }

    @Override
    public PrintStream format(String format, Object... arguments) {
        print(String.format(
                format, Arrays.stream(arguments).map(PlainPrintStream::plain).toArray()));
        return this;
    }

    private static Object plain(Object argument) {
        return argument == null || argument instanceof Number || argument instanceof Character
                ? argument
                : PlainText.of(argument.toString());
    }
}
