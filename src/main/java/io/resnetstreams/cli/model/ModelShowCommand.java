package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.service.ClassificationStack;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a model's description. */
@Command(
        name = "show",
        description = "Verify the files of a model and show its description.",
        footer = {"", "Example:", "  resnet-streams model show models/resnet20-fashion-mnist"})
final class ModelShowCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            defaultValue = "models/resnet20-fashion-mnist",
            description = "Model directory (default: ${DEFAULT-VALUE}).")
    private String path;

    @Override
    public Integer call() {
        ModelDirectory model = ClassificationStack.model(path);
        Map<String, Object> summary = ModelSummary.of(model);
        summary.put("description", model.description());
        summary.put("labels", model.labels());
        output.printJson(summary);
        summary.forEach((name, value) -> output.printf("%-14s %s%n", name, value));
        return 0;
    }
}
