package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Home;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.NetworkCost;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
        description = {
            "List the models in a directory.",
            "",
            "If a model is invalid, its error is printed, and the exit code is 1."
        },
        footer = {"", "Example:", "  resnet-streams model list"})
final class ModelListCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            defaultValue = "models",
            description = "Directory that contains model directories (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--architectures", description = "List the architectures that can be trained and imported instead.")
    private boolean architectures;

    @Override
    public Integer call() throws IOException {
        if (architectures) {
            listArchitectures();
            return 0;
        }
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
                    System.err.println(PlainText.of(e.getMessage()));
                }
            }
        }
        output.printJson(Map.of("models", models));
        models.forEach(model -> output.println(ModelSummary.line(model)));
        return broken ? 1 : 0;
    }

    /** Parameters are counted with 1,000 classes as in torchvision, or with 10 for networks for small images. */
    private void listArchitectures() {
        List<Map<String, Object>> rows = new ArrayList<>();
        output.printf(
                "%-22s %6s %12s %8s %14s %8s%n", "name", "layers", "parameters", "GFLOPs", "activations", "input");
        for (ResNetArchitecture architecture : ResNetArchitecture.all()) {
            int size = architecture.defaultInputSize();
            int classes = architecture.stem() == ResNetArchitecture.Stem.SMALL ? 10 : 1_000;
            long parameters = ResNetSymbol.of(architecture, classes, ResNetSymbol.Output.LOGITS)
                    .trainableParameters();
            NetworkCost cost = NetworkCost.of(architecture, classes, size);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", architecture.name());
            row.put("layers", architecture.layers());
            row.put("parameters", parameters);
            row.put("gflops", Rounding.to(3, cost.multiplyAdds() / 1e9));
            row.put("peakActivationBytes", cost.peakActivationBytes());
            row.put("inputSize", size);
            row.put("classes", classes);
            rows.add(row);
            output.printf(
                    "%-22s %6d %,12d %8.3f %10.2f MiB %4d×%d%n",
                    architecture.name(),
                    architecture.layers(),
                    parameters,
                    cost.multiplyAdds() / 1e9,
                    cost.peakActivationBytes() / 1024.0 / 1024,
                    size,
                    size);
        }
        output.printJson(Map.of("architectures", rows));
        output.println("A multiplication and an addition count as one operation. Any other resnetD with D = 6n + 2 is"
                + " known too, resnetD_wN with N planes in its first stage, and _v1, _os16, _os8 of NAMEc and"
                + " NAME_cifar, _v1_os16 and _v1_os8 of all with bottleneck blocks but NAMEd.");
    }
}
