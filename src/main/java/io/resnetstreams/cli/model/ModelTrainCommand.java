package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDescription.Provenance;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.SynsetFile;
import io.resnetstreams.model.data.TrainingData;
import io.resnetstreams.model.network.Normalisation;
import io.resnetstreams.model.network.ResNetArchitecture;
import io.resnetstreams.model.train.ResNetTrainer;
import io.resnetstreams.model.train.TrainingOptions;
import io.resnetstreams.service.ClassificationStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "train",
        description = {
            "Train a model and write a model directory with a training log.",
            "",
            "The images are in a directory for each class (below train and val or test, or else a share is held"
                    + " out), or in an IDX data set (train-images-idx3-ubyte.gz etc.). An interrupted training continues"
                    + " with --resume after its last complete epoch."
        },
        footer = {
            "",
            "Example:",
            "  resnet-streams model train --data photos --architecture resnet18 \\",
            "    --out models/mine --epochs 30"
        })
final class ModelTrainCommand extends OutputCommand {
    /** The candidates for shell completion of {@code --architecture}. Variants of these names are valid too. */
    static final class ArchitectureNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return ResNetArchitecture.all().stream()
                    .map(ResNetArchitecture::name)
                    .iterator();
        }
    }

    private static final String DEFAULT_ARCHITECTURE = "resnet20";

    @Mixin
    private TrainingArguments arguments;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Directory of labelled images.")
    private Path data;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Option(
            names = "--synset",
            paramLabel = "FILE",
            description =
                    "File with one label per line, in the order of the classes (default: the names of the directories, or"
                            + " 0, 1, … for an IDX data set).")
    private Path synset;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            completionCandidates = ArchitectureNames.class,
            description = "Architecture; for a list, run 'model list --architectures' (default: " + DEFAULT_ARCHITECTURE
                    + ", or that of --from).")
    private String architecture;

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "Fine-tune this model. If the number of classes differs, its last layer is replaced.")
    private Path from;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Width and height of the input, in pixels (default: that of the architecture).")
    private Integer size;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            description = "Share of each class to hold out if there is no val directory (default: ${DEFAULT-VALUE}).")
    private double heldOut = 0.1;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Licence of the data and therefore of the model.")
    private String licence;

    @Option(names = "--resume", description = "Resume from the checkpoint in --out, if there is one.")
    private boolean resume;

    @Option(names = "--skip-broken", description = "Skip image files that can't be decoded, instead of failing.")
    private boolean skipBroken;

    @Override
    public Integer call() throws IOException {
        out = ModelCommand.outputDirectory(out);
        try {
            TrainingOptions options = arguments.options();
            ModelDirectory base = from == null ? null : ClassificationStack.model(from.toString());
            ResNetArchitecture chosen = architecture(base);
            int side = size != null ? size : base != null ? base.preprocessing().width() : chosen.defaultInputSize();
            OptionRange.require("--size", side, 1, 4_096);
            if (heldOut <= 0 || heldOut >= 1) {
                throw UserErrorException.usage(
                        "--held-out is " + heldOut + "; it must be greater than 0 and less than 1");
            }
            TrainingData images = TrainingData.read(
                    data, side, heldOut, arguments.seed(), arguments.imageLimits(), skipBroken, output::println);
            if (synset != null) {
                images = images.withLabels(SynsetFile.read(synset));
            }
            train(options, chosen, base, images);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
        return 0;
    }

    private ResNetArchitecture architecture(ModelDirectory base) {
        if (base == null) {
            return ResNetArchitecture.of(architecture == null ? DEFAULT_ARCHITECTURE : architecture);
        }
        if (architecture != null && !architecture.equals(base.architecture())) {
            throw UserErrorException.usage("--architecture is " + architecture + ", but the architecture of " + from
                    + " is " + base.architecture());
        }
        return ResNetArchitecture.of(base.architecture());
    }

    private void train(TrainingOptions options, ResNetArchitecture chosen, ModelDirectory base, TrainingData images)
            throws IOException {
        Normalisation normalisation =
                base == null ? images.normalisation() : base.description().normalisation();
        Map<String, float[]> start = base == null ? Map.of() : base.network().values();
        int perEpoch = images.train().size() / options.batchSize() * options.batchSize();
        String source = from == null ? "trained" : "fine-tuned from " + Text.name(from);
        Provenance provenance = new Provenance(source, Text.name(data), commandLine());
        try (TrainingProgress progress = TrainingProgress.of("train", perEpoch, options.epochs(), output.text())) {
            ModelDescription description =
                    TrainingArguments.description(out, chosen, images, normalisation, 5, provenance, licence);
            ResNetTrainer trainer = new ResNetTrainer(description, options, images, start, progress);
            trainer.train(out, resume, epoch -> report(epoch, progress.left()));
        }
        TrainedModelReport.write(out, images.heldOut(), output.text());
    }

    private void report(ResNetTrainer.Epoch epoch, String left) {
        output.printJson(epoch);
        output.printf(
                "epoch %d of %d: loss %.4f, train %.2f %%, held out %.2f %%, %.0f images/s%s%n",
                epoch.epoch(),
                arguments.options().epochs(),
                epoch.loss(),
                epoch.trainAccuracy() * 100,
                epoch.testAccuracy() * 100,
                epoch.imagesPerSecond(),
                left);
    }
}
