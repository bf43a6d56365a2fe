package io.resnetstreams.cli.model;

import ai.djl.Device;
import io.resnetstreams.cli.options.OutputOptions;
import io.resnetstreams.cli.options.PipelineOptions;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.train.Evaluation;
import io.resnetstreams.report.Charts;
import io.resnetstreams.service.ClassificationStack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model offline, without Kafka. */
@Command(
        name = "evaluate",
        description = {
            "Measures a model's accuracy and speed on images whose classes are known: an IDX data set's test split,",
            "a folder with labels.tsv (file, tab, class index), or one folder for each label (in val, test or the like)."
        },
        footer = "%nExample: resnet-streams model evaluate --model models/resnet20-fashion-mnist"
                + " --data /usr/share/datasets/fashion-mnist")
final class ModelEvaluateCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Mixin
    private EvaluationData data;

    @Option(
            names = "--confusion",
            paramLabel = "FILE",
            description = "Draws the confusion matrix: a picture by its name's ending, svg or png.")
    private Path confusion;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Classify everything so many times, for a steadier speed (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Override
    public Integer call() throws InterruptedException {
        if (repeat < 1 || repeat > 100_000) {
            throw UserErrorException.usage("--repeat is " + repeat + "; allowed are 1 to 100000");
        }
        if (confusion != null) {
            Charts.requireFormat("--confusion", confusion);
        }
        Map<String, String> own = new HashMap<>();
        own.put("model", modelPath);
        Configuration configuration = options.load(own);
        ModelDirectory model = ClassificationStack.model(configuration.model());
        EvaluationSet set = data.read(model, configuration.limits().image(), output.text()::println);
        ClassificationStack.Devices devices = ClassificationStack.devices(configuration);
        List<DeviceModel> loaded = new ArrayList<>();
        try {
            for (Device device : devices.list()) {
                loaded.add(ClassificationStack.load(configuration, model, device));
            }
            List<Classifier> classifiers =
                    loaded.stream().flatMap(part -> part.classifiers().stream()).toList();
            int batch = configuration.batch().size(loaded.get(0).calibration());
            Evaluation.Result result = Evaluation.run(set, classifiers, batch, repeat);
            classifiers.forEach(Classifier::close);
            report(
                    model,
                    devices.description(),
                    result,
                    set.confusion(result.predicted(), model.labels().size()));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            loaded.forEach(DeviceModel::close);
        }
        return 0;
    }

    private void report(ModelDirectory model, String device, Evaluation.Result result, int[][] counts) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("events", result.images());
        summary.put("accuracy", Rounding.to(4, result.accuracy()));
        summary.put("top5", Rounding.to(4, result.top5()));
        summary.put("imagesPerSecond", Rounding.to(1, result.imagesPerSecond()));
        summary.put("model", ClassificationStack.reference(model));
        summary.put("device", device);
        summary.put("seconds", Rounding.to(3, result.seconds()));
        List<ClassAccuracy> perClass = ClassAccuracy.of(model.labels(), counts);
        summary.put("perClass", perClass);
        summary.put("confusion", counts);
        output.printJson(summary);
        output.text()
                .printf(
                        "%s on %s: top-1 %.2f %%, top-5 %.2f %% of %,d images; %,.0f images/s on %s%n",
                        model.name(),
                        data.path(),
                        result.accuracy() * 100,
                        result.top5() * 100,
                        result.images(),
                        result.imagesPerSecond(),
                        device);
        TrainedModelReport.print(output.text(), perClass);
        if (confusion != null) {
            Charts.confusion(confusion, model.labels(), counts);
            output.text().println("confusion matrix: " + confusion);
        }
    }
}
