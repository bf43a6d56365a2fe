package io.resnetstreams.cli;

import io.resnetstreams.model.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelImport;
import io.resnetstreams.model.Precision;
import io.resnetstreams.model.SymbolImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
            "Makes a model directory of a PyTorch state dict saved as safetensors, with torchvision's names or",
            "akamaster's for CIFAR, in fp32, fp16 or bf16; or of an MXNet network, NAME-symbol.json and",
            "NAME-0000.params, as DJL's model zoo has them."
        },
        footer = "%nExample: resnet-streams model import resnet50.safetensors --architecture resnet50"
                + " --synset imagenet.txt --out models/resnet50")
final class ModelImportCommand implements Callable<Integer> {
    /** Of ImageNet; torchvision's networks and most others were trained with them. */
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);

    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    private static final int IMAGENET_SIZE = 224;

    enum Preset {
        imagenet,
        none
    }

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "State dict in the safetensors format, or NAME-symbol.json.")
    private Path file;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Option(
            names = "--synset",
            paramLabel = "FILE",
            required = true,
            description = "Labels by class, one a line; of columns separated by tabs the last.")
    private Path synset;

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            description = "Architecture (default: found from the tensors).")
    private String architecture;

    @Option(
            names = "--preprocessing",
            paramLabel = "PRESET",
            description = {
                "imagenet: the short edge to 256, then the middle 224×224. none: straight to the network's size.",
                "(default: imagenet for networks for 224×224, none for those for 32×32)"
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
            description = "Mean of the pixels, of 0 to 1 (default: ImageNet's 0.485,0.456,0.406).")
    private List<Double> mean = MEAN;

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            description = "Standard deviation (default: ImageNet's 0.229,0.224,0.225).")
    private List<Double> std = STD;

    @Option(names = "--top-k", paramLabel = "N", defaultValue = "5", description = "Labels of an event (default: 5).")
    private int topK;

    @Option(names = "--licence", paramLabel = "TEXT", description = "Licence of the weights.")
    private String licence;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw UserErrorException.usage(file + ": there is no such file");
        }
        try {
            String found = importFile();
            Map<String, Object> summary = ModelSummary.of(ModelDirectory.load(out));
            output.printJson(summary);
            if (architecture != null && !architecture.equals(found)) {
                output.text().println("the tensors have no projections: it is a " + found);
            }
            output.text().println("written to " + out + ": " + ModelSummary.line(summary));
            return 0;
        } catch (InvalidModelException | IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    /** Returns the name of the architecture that was found. */
    private String importFile() throws InvalidModelException, IOException {
        List<String> labels = SynsetFile.read(synset);
        if (!file.toString().endsWith(SymbolImport.SYMBOL_ENDING)) {
            return ModelImport.run(
                            file,
                            architecture,
                            labels,
                            found -> description(found.name(), found.defaultInputSize()),
                            out)
                    .name();
        }
        if (architecture != null) {
            throw UserErrorException.usage("--architecture can't be given for a symbol, which is its own");
        }
        SymbolImport.run(file, labels, description(ModelDescription.OTHER, IMAGENET_SIZE), out);
        return ModelDescription.OTHER;
    }

    private ModelDescription description(String found, int defaultSize) {
        boolean imageNet = preset == null ? defaultSize == IMAGENET_SIZE : preset == Preset.imagenet;
        int size = crop != null ? crop : imageNet ? IMAGENET_SIZE : defaultSize;
        return new ModelDescription(
                ModelDescription.FORMAT_VERSION,
                out.toAbsolutePath().normalize().getFileName().toString(),
                found,
                size,
                size,
                resize != null ? resize : imageNet ? 256 : 0,
                mean,
                std,
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
