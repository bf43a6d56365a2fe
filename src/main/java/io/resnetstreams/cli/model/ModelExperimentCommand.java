package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.train.ResNetTrainer;
import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import io.resnetstreams.model.train.TrainingOptions;
import io.resnetstreams.report.Charts;
import io.resnetstreams.report.Charts.LearningCurve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "experiment",
        description = "Repeat an experiment of the ResNet paper.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ModelExperimentCommand.Degradation.class, CommandLine.HelpCommand.class},
        footer = {
            "",
            "Example:",
            "  resnet-streams model experiment degradation \\",
            "    --data /usr/share/datasets/fashion-mnist --out target/degradation"
        })
final class ModelExperimentCommand {
    /** Figures 1 and 6: deeper plain networks have larger errors, deeper residual networks do not. */
    @Command(
            name = "degradation",
            description =
                    "Train plain and residual networks (with option A shortcuts) of several depths on the same images,"
                            + " and draw their errors as in figures 1 and 6 of the paper.",
            footer = {
                "",
                "Example:",
                "  resnet-streams model experiment degradation \\",
                "    --data /usr/share/datasets/fashion-mnist --out target/degradation \\",
                "    --depths 20,56 --images 6000 --epochs 8"
            })
    static final class Degradation extends OutputCommand {
        @Mixin
        private TrainingArguments arguments;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                required = true,
                description = "Directory of labelled images or of an IDX data set.")
        private Path data;

        @Option(names = "--out", paramLabel = "DIR", required = true, description = "Output directory.")
        private Path out;

        @Option(
                names = "--depths",
                paramLabel = "D",
                split = ",",
                defaultValue = "20,56",
                description = "Depths, each of the form 6n + 2 (default: ${DEFAULT-VALUE}).")
        private int[] depths;

        @Option(
                names = "--images",
                paramLabel = "N",
                description = "Number of training images to use, evenly spaced; 0 for all (default: ${DEFAULT-VALUE}).")
        private int most = 0;

        @Option(names = "--resume", description = "Resume an interrupted experiment.")
        private boolean resume;

        /** A network's errors after the last epoch, between 0 and 1. */
        record Row(String network, int layers, double trainingError, double heldOutError) {}

        @Override
        public Integer call() throws IOException {
            out = ModelCommand.outputDirectory(out);
            Map<String, List<Epoch>> logs = new LinkedHashMap<>();
            try {
                TrainingOptions options = arguments.options();
                List<ResNetArchitecture> networks = new ArrayList<>();
                for (String form : new String[] {"plain%d", "resnet%d_a"}) {
                    Arrays.stream(depths).forEach(depth -> networks.add(ResNetArchitecture.of(form.formatted(depth))));
                }
                TrainingData images = TrainingData.read(
                        data,
                        networks.get(0).defaultInputSize(),
                        0.1,
                        arguments.seed(),
                        arguments.imageLimits(),
                        false,
                        output::println);
                LabelledImages train = images.train().spread(most);
                for (ResNetArchitecture network : networks) {
                    logs.put(network.name(), train(network, options, train, images));
                }
            } catch (IllegalArgumentException e) {
                throw UserErrorException.usage(e.getMessage(), e);
            }
            report(logs);
            return 0;
        }

        private List<Epoch> train(
                ResNetArchitecture network, TrainingOptions options, LabelledImages train, TrainingData images)
                throws IOException {
            Path directory = out.resolve(network.name());
            ModelDescription description = TrainingArguments.description(
                    directory,
                    network,
                    images,
                    images.normalisation(),
                    1,
                    new ModelDescription.Provenance("trained", Text.name(data), commandLine()),
                    null);
            int perEpoch = train.size() / options.batchSize() * options.batchSize();
            try (TrainingProgress progress =
                    TrainingProgress.of(network.name(), perEpoch, options.epochs(), output.text())) {
                new ResNetTrainer(description, options, images.withTrain(train), Map.of(), progress)
                        .train(
                                directory,
                                resume,
                                epoch -> output.printf(
                                        "%-12s epoch %d: training error %.2f %%, held out %.2f %%%s%n",
                                        network.name(),
                                        epoch.epoch(),
                                        100 - epoch.trainAccuracy() * 100,
                                        100 - epoch.testAccuracy() * 100,
                                        progress.left()));
            }
            return ResNetTrainer.log(directory);
        }

        private void report(Map<String, List<Epoch>> logs) {
            List<LearningCurve> curves = new ArrayList<>();
            List<Row> rows = new ArrayList<>();
            logs.forEach((name, epochs) -> {
                curves.add(new LearningCurve(
                        name,
                        epochs,
                        epoch -> 100 - epoch.trainAccuracy() * 100,
                        epoch -> 100 - epoch.testAccuracy() * 100));
                Epoch last = epochs.get(epochs.size() - 1);
                rows.add(new Row(
                        name,
                        ResNetArchitecture.of(name).layers(),
                        Rounding.to(4, 1 - last.trainAccuracy()),
                        Rounding.to(4, 1 - last.testAccuracy())));
            });
            Path picture = out.resolve("degradation.svg");
            Charts.curves(picture, "Plain and residual networks", "error in %", curves);
            output.printJson(Map.of("networks", rows, "picture", picture.toString()));
            rows.forEach(row -> output.printf(
                    "%-12s %3d layers  training error %5.2f %%  held out %5.2f %%%n",
                    row.network(), row.layers(), row.trainingError() * 100, row.heldOutError() * 100));
            output.println("picture: " + picture);
        }
    }
}
