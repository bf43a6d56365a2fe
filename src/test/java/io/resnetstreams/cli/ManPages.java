package io.resnetstreams.cli;

import java.io.File;
import java.io.IOException;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes a man page of each command as AsciiDoc; the build makes man pages of them. */
final class ManPages {
    private ManPages() {}

    /** The folder to write to. */
    public static void main(String[] arguments) throws IOException {
        int exitCode = ManPageGenerator.generateManPage(
                new File(arguments[0]),
                null,
                new boolean[0],
                true,
                Main.commandLine().getCommandSpec());
        System.exit(exitCode);
    }
}
