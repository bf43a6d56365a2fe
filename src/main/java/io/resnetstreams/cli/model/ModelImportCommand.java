package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.CommandLines;
import io.resnetstreams.cli.options.OutputDirectory;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.CheckpointConfig;
import io.resnetstreams.model.convert.ModelImport;
import io.resnetstreams.model.convert.SymbolImport;
import io.resnetstreams.model.data.SynsetFile;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports a PyTorch network. */
@Command(
        name = "import",
        description = {
            "Makes a model directory of a PyTorch state dict saved as safetensors, with the names of torchvision, timm,",
            "Hugging Face's transformers or CIFAR networks; or of an MXNet network, NAME-symbol.json and",
            "NAME-0000.params, as DJL's model zoo has them. What config.json and preprocessor_config.json beside it say",
            "of labels, strides and preprocessing counts where no option says otherwise."
        },
        footer = "%nExample: resnet-streams model import resnet50.safetensors --architecture resnet50"
                + " --synset imagenet.txt --out models/resnet50")
public final class ModelImportCommand implements Callable<Integer> {
    enum Preset {
        imagenet,
        none
    }

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "State dict: .safetensors or, of one in shards, .safetensors.index.json; or NAME-symbol.json.")
    private Path file;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Option(
            names = "--synset",
            paramLabel = "FILE",
            description = {
                "Labels by class, one a line; of columns separated by tabs the last.",
                "(default: those of config.json)"
            })
    private Path synset;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            completionCandidates = ArchitectureNames.class,
            description = "Architecture (default: that of config.json, else found from the tensors).")
    private String architecture;

    @Option(
            names = "--preprocessing",
            paramLabel = "PRESET",
            description = {
                "imagenet: the short edge to 256, then the middle 224×224. none: straight to the network's size.",
                "(default: that of config.json; imagenet for networks for 224×224, none for those for 32×32)"
            })
    private Preset preset;

    @Option(
            names = "--resize",
            paramLabel = "N",
            description = "Pixels that the short edge is resized to; 0 for straight to the network's size.")
    private Integer resize;

    @Option(names = "--crop", paramLabel = "N", description = "Edge of the square that is cut from the middle.")
    private Integer crop;

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            split = ",",
            description = "Mean of the pixels, of 0 to 1 or of 0 to 255 (default: ImageNet's 0.485,0.456,0.406).")
    private List<Double> mean;

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            description = "Standard deviation (default: ImageNet's 0.229,0.224,0.225).")
    private List<Double> std;

    @Option(names = "--top-k", paramLabel = "N", defaultValue = "5", description = "Labels of an event (default: 5).")
    private int topK;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Licence of the weights.")
    private String licence;

    private final List<String> notes = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw UserErrorException.usage(file
                    + (Files.isDirectory(file) ? ": is a folder; name the file in it" : ": there is no such file"));
        }
        out = OutputDirectory.of(out);
        try {
            importFile();
            Map<String, Object> summary = ModelSummary.of(ModelDirectory.load(out));
            notes.forEach(note -> output.text().println(note));
            output.text().println("written to " + out + ": " + ModelSummary.line(summary));
            summary.put("notes", notes);
            output.printJson(summary);
            return 0;
        } catch (InvalidModelException | IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private void importFile() throws InvalidModelException, IOException {
        boolean isSymbol = file.getFileName().toString().endsWith(SymbolImport.SYMBOL_ENDING);
        if (isSymbol && architecture != null) {
            throw UserErrorException.usage("--architecture can't be given for a symbol, which is its own");
        }
        CheckpointConfig config = CheckpointConfig.beside(file, isSymbol || architecture != null, synset != null);
        notes.addAll(config.notes());
        List<String> labels = labels(config);
        if (isSymbol) {
            SymbolImport.run(
                    file, labels, description(config, ModelDescription.OTHER, ImportedInput.IMAGENET_SIZE), out);
            return;
        }
        String name = architecture != null ? architecture : config.architecture();
        if (config.architecture() != null) {
            notes.add(
                    name.equals(config.architecture())
                            ? "config.json: it is a " + name
                            : "config.json says " + config.architecture() + "; --architecture counts");
        }
        notes.addAll(ModelImport.run(
                        file, name, labels, found -> description(config, found.name(), found.defaultInputSize()), out)
                .notes());
    }

    private List<String> labels(CheckpointConfig config) throws IOException {
        if (synset != null) {
            return SynsetFile.read(synset);
        }
        if (config.labels() == null) {
            String name = file.getFileName().toString();
            Optional<String> foreign = name.endsWith(".safetensors") || name.endsWith(".json")
                    ? Optional.empty()
                    : ForeignFile.describe(file);
            if (foreign.isPresent()) {
                throw UserErrorException.usage(file + ": is " + foreign.get());
            }
            throw UserErrorException.usage("--synset FILE is needed, with a label for each class: no config.json with"
                    + " labels (id2label or label_names) stands beside " + file);
        }
        notes.add("config.json: " + config.labels().size() + " labels");
        return config.labels();
    }

    private ModelDescription description(CheckpointConfig config, String found, int defaultSize) {
        ImportedInput input = ImportedInput.of(
                new ImportedInput.Given(preset == null ? null : preset == Preset.imagenet, resize, crop, mean, std),
                config,
                defaultSize);
        notes.addAll(input.notes());
        if (config.size() != null || config.mean() != null) {
            notes.add("with what stands beside the checkpoint: short edge " + input.resize() + ", crop " + input.size()
                    + ", mean " + input.mean() + ", std " + input.std());
        }
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                ModelDescription.nameOf(out),
                found,
                input.size(),
                input.size(),
                input.resize(),
                input.mean(),
                input.std(),
                topK,
                Precision.FP32,
                new ModelDescription.Provenance(
                        "imported from " + file.getFileName(),
                        null,
                        CommandLines.of(spec),
                        null,
                        null,
                        null,
                        null,
                        null),
                licence,
                Map.of());
    }
}
