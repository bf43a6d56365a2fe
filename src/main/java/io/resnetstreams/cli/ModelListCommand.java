package io.resnetstreams.cli;

import io.resnetstreams.model.InvalidModelException;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists models. */
@Command(
        name = "list",
        description =
                "Lists the models in a folder; one that is broken is named with its fault, and the exit code is 1.",
        footer = "%nExample: resnet-streams model list")
final class ModelListCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "Folder of model directories (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Override
    public Integer call() throws IOException {
        Path directory = Home.resolve(folder);
        if (!Files.isDirectory(directory)) {
            throw UserErrorException.usage("--directory " + folder + ": there is no such directory");
        }
        List<Map<String, Object>> models = new ArrayList<>();
        boolean broken = false;
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
                try {
                    models.add(ModelSummary.of(ModelDirectory.load(child)));
                } catch (InvalidModelException e) {
                    broken = true;
                    System.err.println(e.getMessage());
                }
            }
        }
        output.printJson(Map.of("models", models));
        models.forEach(model -> output.text().println(ModelSummary.line(model)));
        return broken ? 1 : 0;
    }
}
