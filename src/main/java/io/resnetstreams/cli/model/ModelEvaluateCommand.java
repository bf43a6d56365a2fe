package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.inference.engine.EngineSelector;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.train.Evaluation;
import io.resnetstreams.report.Charts;
import io.resnetstreams.service.ClassificationStack;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "evaluate",
        description =
                "Measure a model's accuracy and speed on labelled images: the test images of an IDX data set, a directory"
                        + " with labels.tsv (file, tab, class index), or a directory with a subdirectory for each label (also below"
                        + " val or test).",
        footer = {
            "",
            "Example:",
            "  resnet-streams model evaluate --model models/resnet20-fashion-mnist \\",
            "    --data /usr/share/datasets/fashion-mnist"
        })
final class ModelEvaluateCommand extends PipelineCommand {
    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Mixin
    private EvaluationData data;

    @Option(
            names = "--confusion",
            paramLabel = "FILE",
            description = "Draw the confusion matrix to FILE, whose name ends in .svg or .png.")
    private Path confusion;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            description =
                    "Number of times to classify the images, for a more stable speed (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Mixin
    private EngineOption engine;

    @Override
    public Integer call() throws InterruptedException {
        OptionRange.require("--repeat", repeat, 1, 100_000);
        if (confusion != null) {
            Charts.requireFormat("--confusion", confusion);
        }
        Configuration configuration = load("model", modelPath, "engine", engine.setting());
        ModelDirectory model = ClassificationStack.model(configuration.model());
        EvaluationSet set = data.read(model, configuration.limits().image(), output::println);
        EngineSelector.Selection selection = ClassificationStack.load(configuration, model, false);
        List<DeviceModel> loaded = selection.models();
        try {
            List<Classifier> classifiers =
                    loaded.stream().flatMap(part -> part.classifiers().stream()).toList();
            int batch = configuration.batch().size(loaded.get(0).calibration());
            Evaluation.Result result = Evaluation.run(set, classifiers, batch, repeat);
            classifiers.forEach(Classifier::close);
            report(
                    model,
                    selection,
                    result,
                    set.confusion(result.predicted(), model.labels().size()));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            loaded.forEach(DeviceModel::close);
        }
        return 0;
    }

    private void report(
            ModelDirectory model, EngineSelector.Selection selection, Evaluation.Result result, int[][] counts) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("events", result.images());
        summary.put("accuracy", Rounding.to(4, result.accuracy()));
        summary.put("top5", Rounding.to(4, result.top5()));
        summary.put("imagesPerSecond", Rounding.to(1, result.imagesPerSecond()));
        summary.put("model", ClassificationStack.reference(model));
        selection.addTo(summary);
        summary.put("seconds", Rounding.to(3, result.seconds()));
        List<TrainedModelReport.ClassAccuracy> perClass = TrainedModelReport.ClassAccuracy.of(model.labels(), counts);
        summary.put("perClass", perClass);
        summary.put("confusion", counts);
        output.printJson(summary);
        output.printf(
                "%s on %s: top-1 %.2f %%, top-5 %.2f %% of %,d images; %,.0f images/s on %s%n",
                model.name(),
                data.path(),
                result.accuracy() * 100,
                result.top5() * 100,
                result.images(),
                result.imagesPerSecond(),
                selection.description());
        TrainedModelReport.print(output.text(), perClass);
        if (confusion != null) {
            Charts.confusion(confusion, model.labels(), counts);
            output.println("confusion matrix: " + confusion);
        }
    }
}
