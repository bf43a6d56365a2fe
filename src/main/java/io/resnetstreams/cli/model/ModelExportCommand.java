package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Digests;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.onnx.OnnxModel;
import io.resnetstreams.service.ClassificationStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Write a model's network to a file that other programs read.",
            "",
            "The output is a row of probabilities for each image, in the order of synset.txt."
        },
        footer = {"", "Example:", "  resnet-streams model export models/resnet20-fashion-mnist --out resnet20.onnx"})
final class ModelExportCommand extends OutputCommand {
    enum Format {
        onnx
    }

    enum Input {
        normalised,
        pixels
    }

    @Parameters(paramLabel = "DIR", description = "Model directory.")
    private String path;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "Format of the file: onnx (default: ${DEFAULT-VALUE}).")
    private Format format = Format.onnx;

    @Option(
            names = "--input",
            paramLabel = "KIND",
            description =
                    "What the network reads. normalised: float32 N×3×H×W, pixels divided by 255, minus mean, divided"
                            + " by std. pixels: uint8 N×H×W×3 RGB, which it normalises itself (default: ${DEFAULT-VALUE}).")
    private Input input = Input.normalised;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "File to write.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out)) {
            throw UserErrorException.usage("--out " + out + " already exists");
        }
        Path parent = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(parent)) {
            throw UserErrorException.usage("--out " + out + ": there is no directory " + parent);
        }
        ModelDirectory model = ClassificationStack.model(path);
        try {
            OnnxModel network = model.onnx();
            (input == Input.pixels ? network : network.withoutPixels()).write(out);
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("model", ClassificationStack.reference(model));
        summary.put("format", format);
        summary.put("input", input);
        summary.put("mean", model.description().mean());
        summary.put("std", model.description().std());
        summary.put("file", out.toString());
        summary.put("sha256", Digests.of(out));
        output.printJson(summary);
        output.println("written to " + out + ": " + model.name() + ", input " + input + " "
                + model.description().inputWidth() + "×" + model.description().inputHeight() + ", mean "
                + model.description().mean() + ", std " + model.description().std());
        return 0;
    }
}
