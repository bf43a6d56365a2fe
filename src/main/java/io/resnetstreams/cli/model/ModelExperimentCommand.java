package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.CommandLines;
import io.resnetstreams.cli.options.OutputDirectory;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.data.LabelledImages;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.train.ResNetTrainer;
import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import io.resnetstreams.model.train.TrainingOptions;
import io.resnetstreams.report.Charts;
import io.resnetstreams.report.LearningCurve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The paper's experiments. */
@Command(
        name = "experiment",
        description = "Repeats an experiment of the ResNet paper.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ModelExperimentCommand.Degradation.class, CommandLine.HelpCommand.class},
        footer = "%nExample: resnet-streams model experiment degradation --data /usr/share/datasets/fashion-mnist"
                + " --out target/degradation")
final class ModelExperimentCommand {
    /** Figures 1 and 6: deeper plain networks learn worse, deeper residual ones don't. */
    @Command(
            name = "degradation",
            description = {
                "Trains plain and residual networks (shortcuts of option A) of two or more depths on the same images and",
                "draws their errors into one picture, as in the paper's figures 1 and 6."
            },
            footer = "%nExample: resnet-streams model experiment degradation --data /usr/share/datasets/fashion-mnist"
                    + " --out target/degradation --depths 20,56 --images 6000 --epochs 8")
    static final class Degradation implements Callable<Integer> {
        private static final String PICTURE = "degradation.svg";

        @Mixin
        private OutputOptions output;

        @Mixin
        private TrainingArguments arguments;

        @Spec
        private CommandSpec spec;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                required = true,
                description = "Folders of images, or an IDX data set.")
        private Path data;

        @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for models and picture.")
        private Path out;

        @Option(
                names = "--depths",
                paramLabel = "D",
                split = ",",
                defaultValue = "20,56",
                description = "Depths of the form 6n + 2 (default: ${DEFAULT-VALUE}).")
        private int[] depths;

        @Option(
                names = "--images",
                paramLabel = "N",
                defaultValue = "0",
                description = "Only N of the training images, spread evenly; 0 for all (default: ${DEFAULT-VALUE}).")
        private int most;

        @Option(names = "--resume", description = "Goes on where an earlier run of the same command was ended.")
        private boolean resume;

        /** A network's result; errors are shares of 1, of the last epoch. */
        record Row(String network, int layers, double trainingError, double heldOutError) {}

        @Override
        public Integer call() throws IOException {
            out = OutputDirectory.of(out);
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
                        line -> output.text().println(line));
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
            Normalisation normalisation = images.normalisation();
            ModelDescription description = new ModelDescription(
                    ModelDescription.FORMAT_VERSION,
                    network.name(),
                    network.name(),
                    train.width(),
                    train.height(),
                    images.resizeShortEdge(),
                    normalisation.mean(),
                    normalisation.std(),
                    1,
                    Precision.FP32,
                    new ModelDescription.Provenance(
                            "trained", Text.name(data), CommandLines.of(spec), null, null, null, null, null),
                    null,
                    Map.of());
            int perEpoch = train.size() / options.batchSize() * options.batchSize();
            try (TrainingProgress progress =
                    TrainingProgress.of(network.name(), perEpoch, options.epochs(), output.text())) {
                new ResNetTrainer(description, images.labels(), options, train, images.heldOut(), Map.of(), progress)
                        .train(directory, resume, epoch -> output.text()
                                .printf(
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
                curves.add(LearningCurve.of(
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
            Path picture = out.resolve(PICTURE);
            Charts.curves(picture, "Plain and residual networks", "error in %", curves);
            output.printJson(Map.of("networks", rows, "picture", picture.toString()));
            rows.forEach(row -> output.text()
                    .printf(
                            "%-12s %3d layers  training error %5.2f %%  held out %5.2f %%%n",
                            row.network(), row.layers(), row.trainingError() * 100, row.heldOutError() * 100));
            output.text().println("picture: " + picture);
        }
    }
}
