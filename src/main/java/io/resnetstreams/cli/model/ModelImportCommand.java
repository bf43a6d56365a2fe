package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.ForeignFile;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.CheckpointConfig;
import io.resnetstreams.model.convert.ModelImport;
import io.resnetstreams.model.convert.OnnxImport;
import io.resnetstreams.model.convert.SymbolImport;
import io.resnetstreams.model.data.SynsetFile;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.onnx.OnnxFile;
import io.resnetstreams.model.onnx.OnnxWrapping;
import io.resnetstreams.model.onnx.OnnxWrapping.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports a network from PyTorch or MXNet. */
@Command(
        name = "import",
        description = {
            "Create a model directory from a PyTorch state dict in safetensors format, with the parameter names"
                    + " of torchvision, timm, Hugging Face Transformers or the usual CIFAR networks; from any classifier"
                    + " in ONNX; or from an MXNet network, as in DJL's model zoo (NAME-symbol.json and"
                    + " NAME-0000.params).",
            "",
            "Labels, strides and preprocessing are read from config.json and preprocessor_config.json in the"
                    + " same directory, unless options override them."
        },
        footer = {
            "",
            "Example:",
            "  resnet-streams model import resnet50.safetensors --architecture resnet50 \\",
            "    --synset imagenet.txt --out models/resnet50"
        })
public final class ModelImportCommand extends OutputCommand {
    @Parameters(
            paramLabel = "FILE",
            description = "State dict (.safetensors, or .safetensors.index.json if it is sharded), .onnx file or"
                    + " NAME-symbol.json.")
    private Path file;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Option(
            names = "--synset",
            paramLabel = "FILE",
            description =
                    "File with one label per line, in the order of the classes. If lines have columns separated by tabs,"
                            + " the label is the last one (default: the labels in config.json).")
    private Path synset;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            completionCandidates = ModelTrainCommand.ArchitectureNames.class,
            description = "Architecture (default: from config.json, or else detected from the tensors).")
    private String architecture;

    @Mixin
    private ImportedInput preprocessing;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description = "Number of labels per event (default: ${DEFAULT-VALUE}).")
    private int topK = 5;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Licence of the weights.")
    private String licence;

    @Option(
            names = "--layout",
            paramLabel = "NAME",
            description = "Order of the dimensions of an ONNX network's input, nchw or nhwc (default: from its shape).")
    private Layout layout;

    private final List<String> notes = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw UserErrorException.usage(file
                    + (Files.isDirectory(file) ? ": is a directory; name the file in it" : ": there is no such file"));
        }
        out = ModelCommand.outputDirectory(out);
        try {
            importFile();
            Map<String, Object> summary = ModelCommand.summary(ModelDirectory.load(out));
            notes.forEach(note -> output.println(note));
            output.println("written to " + out + ": " + ModelCommand.line(summary));
            summary.put("notes", notes);
            output.printJson(summary);
            return 0;
        } catch (InvalidModelException | IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private void importFile() throws InvalidModelException, IOException {
        boolean isSymbol = file.getFileName().toString().endsWith(SymbolImport.SYMBOL_ENDING);
        if (file.getFileName().toString().endsWith(OnnxFile.ENDING)) {
            importOnnx();
            return;
        }
        if (layout != null) {
            throw UserErrorException.usage("--layout can be used with an ONNX file only");
        }
        if (isSymbol && architecture != null) {
            throw UserErrorException.usage(
                    "--architecture can't be used with an MXNet symbol, which defines the architecture");
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
                            ? "config.json: the architecture is " + name
                            : "config.json: the architecture is " + config.architecture()
                                    + "; --architecture overrides it");
        }
        notes.addAll(ModelImport.run(
                file, name, labels, found -> description(config, found.name(), found.defaultInputSize()), out));
    }

    private void importOnnx() throws InvalidModelException, IOException {
        if (architecture != null) {
            throw UserErrorException.usage("--architecture can't be used with an ONNX file, which defines the network");
        }
        OnnxImport network = OnnxImport.read(file);
        OnnxWrapping.Images images = network.images();
        Layout order = layout != null ? layout : images.layout();
        if (order == null) {
            throw UserErrorException.usage("--layout nchw or --layout nhwc is needed, since the shape of the input of "
                    + file + " does not have 3 channels");
        }
        CheckpointConfig config = CheckpointConfig.besideNetwork(file, synset != null);
        notes.addAll(config.notes());
        List<String> labels = labels(config);
        ImportedInput.Values input = preprocessing.values(file, config, images, notes);
        network.write(labels, description(input, ModelDescription.OTHER, network.precision()), order, out);
    }

    private List<String> labels(CheckpointConfig config) throws IOException {
        if (synset != null) {
            return SynsetFile.read(synset);
        }
        if (config.labels() == null) {
            String name = file.getFileName().toString();
            boolean isKnown =
                    Stream.of(".safetensors", ".json", OnnxFile.ENDING).anyMatch(name::endsWith);
            Optional<String> foreign = isKnown ? Optional.empty() : ForeignFile.describe(file);
            if (foreign.isPresent()) {
                throw UserErrorException.usage(file + ": is " + foreign.get());
            }
            throw UserErrorException.usage("--synset FILE is needed, with a label for each class, since there is no"
                    + " config.json with labels (id2label or label_names) next to " + file);
        }
        notes.add("config.json: number of labels: " + config.labels().size());
        return config.labels();
    }

    private ModelDescription description(CheckpointConfig config, String found, int defaultSize) {
        return description(preprocessing.values(config, defaultSize, notes), found, Precision.FP32);
    }

    private ModelDescription description(ImportedInput.Values input, String found, Precision precision) {
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                ModelDescription.nameOf(out),
                found,
                input.width(),
                input.height(),
                input.resize(),
                input.mean(),
                input.std(),
                topK,
                precision,
                null,
                new ModelDescription.Provenance("imported from " + file.getFileName(), null, commandLine()),
                licence,
                Map.of());
    }
}
