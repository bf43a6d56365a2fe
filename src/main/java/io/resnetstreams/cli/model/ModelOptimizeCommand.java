package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.precision.Decision;
import io.resnetstreams.precision.DecisionStore;
import io.resnetstreams.precision.PrecisionChoice;
import io.resnetstreams.precision.PrecisionChooser;
import io.resnetstreams.precision.SampleSource;
import io.resnetstreams.precision.Trial;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.service.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "optimize",
        description = {
            "Look for a precision in which this machine runs a model faster than in fp32 with the same labels: int8 and"
                    + " bf16 on a CPU, fp16 on a GPU.",
            "",
            "The fastest one is written beside the model, and 'run --precision auto' uses it. It must be at least 1.1"
                    + " times as fast as fp32, and agree with it on held-out images. The exit code is 1 if there is none."
        },
        footer = {
            "",
            "Example:",
            "  resnet-streams model optimize --model models/resnet20-fashion-mnist \\",
            "    --data /usr/share/datasets/fashion-mnist"
        })
final class ModelOptimizeCommand extends PipelineCommand {
    @Option(names = "--model", paramLabel = "DIR", description = "Model directory; its precision must be fp32.")
    private String modelPath;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of images, or IDX data set; repeatable (default: precision.images of the"
                    + " configuration, else the samples in the model directory).")
    private List<Path> data = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description =
                    "Largest number of images, at least 300; two thirds calibrate, one third is held out (default:"
                            + " precision.samples of the configuration).")
    private Integer samples;

    @Option(
            names = "--min-agreement",
            paramLabel = "X",
            description = "Smallest share of held-out images with the label of fp32 (default: precision.minAgreement of"
                    + " the configuration).")
    private Double minAgreement;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "Device: auto, cpu, gpu or gpu:N (default: that of the configuration).")
    private String device;

    @Mixin
    private EngineOption engine;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write the model to DIR instead, where 'run --precision auto' does not look for it.")
    private Path out;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = load(
                "model",
                modelPath,
                "engine",
                engine.setting(),
                "device",
                device,
                "precision.samples",
                samples,
                "precision.minAgreement",
                minAgreement);
        if (out != null && Files.exists(out)) {
            throw UserErrorException.usage("--out " + out + " already exists");
        }
        ModelDirectory model = ClassificationStack.model(configuration.model());
        if (model.description().precision() != Precision.FP32) {
            throw UserErrorException.usage("the model " + model.directory() + " is in "
                    + model.description().precision() + "; only models in fp32 can be optimized");
        }
        SampleSource images = images(configuration, model);
        PrecisionChooser chooser = new PrecisionChooser(
                model,
                ServedModel.circumstances(configuration, model, images.origin(), images.isNamed()),
                DecisionStore.of(model),
                output::println);
        try {
            PrecisionChoice choice = chooser.measure(images, () -> ServedModel.workbench(configuration, model), out);
            report(model, choice, images);
            return choice.decision().chosen().isPresent() ? 0 : 1;
        } catch (IOException | IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        }
    }

    private SampleSource images(Configuration configuration, ModelDirectory model) {
        if (!data.isEmpty()) {
            return ServedModel.named(data, "--data", configuration, model);
        }
        return ServedModel.images(configuration, model, () -> {
            throw UserErrorException.usage(
                    "the model " + model.directory() + " has no samples; --data with a folder of images is needed");
        });
    }

    private void report(ModelDirectory model, PrecisionChoice choice, SampleSource images) {
        Decision decision = choice.decision();
        boolean isFound = decision.chosen().isPresent();
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("model", ClassificationStack.reference(model));
        summary.put("images", images.origin());
        summary.put("heldOut", decision.heldOut());
        summary.put("minAgreement", decision.circumstances().minAgreement());
        List<Map<String, Object>> rows = new ArrayList<>();
        output.printf("%-10s %-14s %10s %8s  %s%n", "precision", "engine", "agreement", "gain", "result");
        for (Trial trial : decision.candidates()) {
            rows.add(row(trial));
            output.printf(
                    "%-10s %-14s %10s %8s  %s%n",
                    trial.precision(),
                    trial.engine().title(),
                    trial.agreement() == null ? "" : Trial.percent(trial.agreement()) + " %",
                    trial.gain() == null ? "" : Text.decimal(trial.gain(), 2),
                    trial.accepted() ? "accepted" : "refused: " + trial.refusal());
        }
        summary.put("candidates", rows);
        if (isFound) {
            summary.put("written", choice.model().directory().toString());
            summary.put("writtenModel", ClassificationStack.reference(choice.model()));
        }
        output.printJson(summary);
        output.println(isFound ? "written to " + choice.model().directory() : "nothing was written; fp32 remains");
    }

    private static Map<String, Object> row(Trial trial) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("precision", trial.precision());
        row.put("engine", trial.engine());
        row.put("agreement", trial.agreement() == null ? null : Rounding.to(4, trial.agreement()));
        row.put("gain", trial.gain() == null ? null : Rounding.to(2, trial.gain()));
        row.put("accepted", trial.accepted());
        row.put("refusal", trial.refusal());
        return row;
    }
}
