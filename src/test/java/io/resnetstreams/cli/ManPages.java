package io.resnetstreams.cli;

import java.io.File;
import java.io.IOException;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes a page per command in AsciiDoc, from which the build makes man pages. */
final class ManPages {
    private ManPages() {}

    /** @param arguments the folder to write to */
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
