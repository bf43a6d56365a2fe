package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.PlainText;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ReferenceCheck;
import io.resnetstreams.model.network.NetworkCost;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.network.ResNetSymbol;
import io.resnetstreams.service.ClassificationStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Groups the commands for models. */
@Command(
        name = "model",
        description = "List, show, import, verify, train, evaluate, optimize, quantize and export models.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ModelCommand.ListCommand.class,
            ModelCommand.ShowCommand.class,
            ModelImportCommand.class,
            ModelCommand.VerifyCommand.class,
            ModelTrainCommand.class,
            ModelEvaluateCommand.class,
            ModelOptimizeCommand.class,
            ModelQuantizeCommand.class,
            ModelExportCommand.class,
            ModelExperimentCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {"", "Example:", "  resnet-streams model list"})
public final class ModelCommand {
    @Command(
            name = "list",
            description = {
                "List the models in a directory.",
                "",
                "If a model is invalid, its error is printed, and the exit code is 1."
            },
            footer = {"", "Example:", "  resnet-streams model list"})
    static final class ListCommand extends OutputCommand {
        @Option(
                names = "--directory",
                paramLabel = "DIR",
                description = "Directory that contains model directories (default: ${DEFAULT-VALUE}).")
        private Path folder = Path.of("models");

        @Option(
                names = "--architectures",
                description = "List the architectures that can be trained and imported instead.")
        private boolean architectures;

        @Override
        public Integer call() throws IOException {
            if (architectures) {
                listArchitectures();
                return 0;
            }
            Path directory = Folders.resolve(folder);
            if (!Files.isDirectory(directory)) {
                throw UserErrorException.usage("--directory " + folder + ": there is no such directory");
            }
            List<Map<String, Object>> models = new ArrayList<>();
            boolean broken = false;
            try (Stream<Path> children = Files.list(directory)) {
                for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
                    try {
                        models.add(summary(ModelDirectory.load(child)));
                    } catch (InvalidModelException e) {
                        broken = true;
                        System.err.println(PlainText.of(e.getMessage()));
                    }
                }
            }
            output.printJson(Map.of("models", models));
            models.forEach(model -> output.println(line(model)));
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
            output.println(
                    "A multiplication and an addition count as one operation. Any other resnetD with D = 6n + 2 is"
                            + " known too, resnetD_wN with N planes in its first stage, and _v1, _os16, _os8 of NAMEc and"
                            + " NAME_cifar, _v1_os16 and _v1_os8 of all with bottleneck blocks but NAMEd.");
        }
    }

    @Command(
            name = "show",
            description = "Verify the files of a model and show its description.",
            footer = {"", "Example:", "  resnet-streams model show models/resnet20-fashion-mnist"})
    static final class ShowCommand extends OutputCommand {
        @Parameters(paramLabel = "DIR", arity = "0..1", description = "Model directory (default: ${DEFAULT-VALUE}).")
        private String path = "models/resnet20-fashion-mnist";

        @Override
        public Integer call() {
            ModelDirectory model = ClassificationStack.model(path);
            Map<String, Object> summary = summary(model);
            summary.put("description", model.description());
            summary.put("labels", model.labels());
            output.printJson(summary);
            summary.forEach((name, value) -> output.printf("%-14s %s%n", name, value));
            return 0;
        }
    }

    @Command(
            name = "verify",
            description = {
                "Build each architecture in a reference file with weights from the file's formula, run it on the"
                        + " two reference images, and compare the logits.",
                "",
                "The exit code is 1 if a logit differs by more than the tolerance."
            },
            footer = {"", "Example:", "  resnet-streams model verify --reference torchvision-seed1.json"})
    static final class VerifyCommand extends OutputCommand {
        @Option(names = "--reference", paramLabel = "FILE", required = true, description = "Reference file.")
        private Path file;

        @Option(
                names = "--tolerance",
                paramLabel = "X",
                defaultValue = "1e-3",
                description = "Maximum difference, relative to the largest logit (default: ${DEFAULT-VALUE}).")
        private double tolerance;

        @Mixin
        private EngineOption engine;

        /** An architecture in JSON. */
        record Row(String name, long parameters, double maxRelativeDifference, boolean argmaxEqual) {}

        @Override
        public Integer call() throws IOException {
            if (!(tolerance >= 0)) {
                throw UserErrorException.usage("--tolerance is " + tolerance + "; it must be at least 0");
            }
            ReferenceCheck check;
            try {
                check = ReferenceCheck.read(file);
            } catch (InvalidModelException e) {
                throw UserErrorException.usage(e.getMessage(), e);
            }
            List<Row> results = new ArrayList<>();
            boolean passed = true;
            for (String name : check.names()) {
                ReferenceCheck.Result result = check.check(name, engine.engine());
                passed &= result.passes(tolerance);
                output.printf(
                        "%-22s %,12d parameters  largest relative difference %.2e  most probable class %s%s%n",
                        name,
                        result.parameters(),
                        result.maxRelativeDifference(),
                        result.argmaxEqual() ? "equal" : "differs",
                        result.passes(tolerance) ? "" : "  FAILS");
                results.add(new Row(name, result.parameters(), result.maxRelativeDifference(), result.argmaxEqual()));
            }
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("architectures", results);
            summary.put("tolerance", tolerance);
            summary.put("passed", passed);
            output.printJson(summary);
            return passed ? 0 : 1;
        }
    }

    /** Returns the most important properties of a model. */
    static Map<String, Object> summary(ModelDirectory model) {
        ModelDescription description = model.description();
        int classes = model.labels().size();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("name", model.name());
        summary.put("architecture", model.architecture());
        summary.put("parameters", model.trainableParameters());
        summary.put("classes", classes);
        summary.put("input", description.inputWidth() + "×" + description.inputHeight());
        summary.put("precision", description.precision());
        if (description.provenance() != null && description.provenance().testAccuracy() != null) {
            summary.put("testAccuracy", description.provenance().testAccuracy());
        }
        summary.put("digest", model.digest());
        return summary;
    }

    static String line(Map<String, Object> summary) {
        return "%-28s %-10s %,11d parameters  %,5d classes  %-9s %s  test accuracy %s"
                .formatted(
                        summary.get("name"),
                        summary.get("architecture"),
                        summary.get("parameters"),
                        summary.get("classes"),
                        summary.get("input"),
                        summary.get("precision"),
                        summary.getOrDefault("testAccuracy", "unknown"));
    }

    /** Returns the path, which must not be a file; normalized if its parent is missing, as in {@code missing/../DIR}. */
    static Path outputDirectory(Path out) {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw UserErrorException.usage("--out " + out + ": is a file; a directory is needed");
        }
        Path parent = out.getParent();
        return parent == null || Files.exists(parent) ? out : out.normalize();
    }
}
