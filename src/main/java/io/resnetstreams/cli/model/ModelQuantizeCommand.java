package io.resnetstreams.cli.model;

import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.OptionRange;
import io.resnetstreams.cli.options.OutputCommand;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.Rounding;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.ConfigurationLoader;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.inference.engine.ComputeDevice;
import io.resnetstreams.inference.engine.DeviceModel;
import io.resnetstreams.model.Classifier;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDescription.Provenance;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.convert.ModelQuantization;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.network.Precision;
import io.resnetstreams.model.train.Evaluation;
import io.resnetstreams.precision.SpeedComparison;
import io.resnetstreams.service.ClassificationStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "quantize",
        description = {
            "Create a model of lower precision, and measure its accuracy, its agreement with the original"
                    + " model, and the speed of both on this machine.",
            "",
            "If the new model is slower, it is not written. int8 is calibrated with the training images of an IDX data set, or else with the evaluation"
                    + " images."
        },
        footer = {
            "",
            "Example:",
            "  resnet-streams model quantize --model models/resnet20-fashion-mnist \\",
            "    --data /usr/share/datasets/fashion-mnist --precision int8 \\",
            "    --out models/resnet20-int8"
        })
final class ModelQuantizeCommand extends OutputCommand {
    private static final int BATCH = 32;

    @Mixin
    private EvaluationData data;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            required = true,
            description = "Model directory; its precision must be fp32.")
    private String modelPath;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            required = true,
            description = "int8 (CPUs with VNNI), bf16 (CPUs with avx512_bf16) or fp16 (GPUs).")
    private String precisionName;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Number of images for the calibration of int8 (default: ${DEFAULT-VALUE}).")
    private int samples = 500;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Model directory to write.")
    private Path out;

    @Mixin
    private EngineOption engine;

    @Option(
            names = "--force",
            description = "Write the model even if it is slower on this machine or can't be run on it.")
    private boolean force;

    private record Comparison(
            double accuracyBefore, double accuracyAfter, double agreement, SpeedComparison.Rates rates, int images) {}

    @Override
    public Integer call() throws Exception {
        OptionRange.require("--samples", samples, 1, 100_000);
        if (Files.exists(out)) {
            throw UserErrorException.usage("--out " + out + " already exists");
        }
        Path folder = Files.createTempDirectory("resnet-streams-quantize");
        try {
            Precision precision = Precision.of(precisionName);
            ModelDirectory model = ClassificationStack.model(modelPath);
            List<byte[]> calibration = precision == Precision.INT8 ? data.samples(model, limits(), samples) : List.of();
            String name = ModelDescription.nameOf(out);
            ModelDirectory quantized = ModelQuantization.write(
                    model, precision, engine.engine(), calibration, name, provenance(model, precision, null), folder);
            Comparison comparison = compare(model, quantized);
            if (comparison != null) {
                report(model, precision, calibration.size(), comparison);
                if (comparison.rates().ratio() < 1 && !force) {
                    throw UserErrorException.shortfall(
                            "%s is slower on this machine (%.2f× the speed of fp32); nothing was written (use --force to write it)"
                                    .formatted(precision, comparison.rates().ratio()),
                            null);
                }
            }
            ModelQuantization.write(
                    model,
                    precision,
                    engine.engine(),
                    calibration,
                    name,
                    provenance(model, precision, comparison),
                    out);
            output.println("written to " + out);
            return 0;
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(e.getMessage(), e);
        } finally {
            Folders.delete(folder);
        }
    }

    private static ImageLimits limits() {
        return new ConfigurationLoader().load().limits().image();
    }

    private Provenance provenance(ModelDirectory model, Precision precision, Comparison comparison) {
        Provenance before = model.description().provenance();
        return new Provenance(
                precision + " of " + model.name(),
                before == null ? null : before.dataset(),
                commandLine(),
                null,
                null,
                null,
                comparison == null ? null : Rounding.to(4, comparison.accuracyAfter()),
                comparison == null ? null : comparison.images(),
                null);
    }

    /** Returns null if the new model can't be run on this machine and {@code --force} was given. */
    private Comparison compare(ModelDirectory model, ModelDirectory quantized) throws Exception {
        EvaluationSet set = data.read(model, limits(), output::println);
        int workers = Runtime.getRuntime().availableProcessors();
        try (DeviceModel before = DeviceModel.load(engine.engine(), model, ComputeDevice.CPU, workers, BATCH);
                DeviceModel after = loadQuantized(quantized, workers)) {
            if (after == null) {
                return null;
            }
            Evaluation.Result expected = Evaluation.run(set, before.classifiers(), BATCH, 1);
            Evaluation.Result found = Evaluation.run(set, after.classifiers(), BATCH, 1);
            long same = IntStream.range(0, set.size())
                    .filter(i -> expected.predicted()[i] == found.predicted()[i])
                    .count();
            SpeedComparison.Rates rates = SpeedComparison.measure(before, after, BATCH);
            before.classifiers().forEach(Classifier::close);
            after.classifiers().forEach(Classifier::close);
            return new Comparison(expected.accuracy(), found.accuracy(), (double) same / set.size(), rates, set.size());
        }
    }

    private DeviceModel loadQuantized(ModelDirectory quantized, int workers) {
        try {
            return DeviceModel.load(engine.engine(), quantized, ComputeDevice.CPU, workers, BATCH);
        } catch (IllegalArgumentException e) {
            String reason = quantized.description().precision() + " can't be run on this CPU: "
                    + e.getCause().getMessage();
            if (!force) {
                throw UserErrorException.shortfall(
                        reason + "; nothing was written (use --force to write it without measurements)", e);
            }
            output.println(reason);
            return null;
        }
    }

    private void report(ModelDirectory model, Precision precision, int calibrated, Comparison comparison) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("model", model.name());
        summary.put("precision", precision);
        summary.put("samples", calibrated);
        summary.put("images", comparison.images());
        summary.put("accuracyBefore", Rounding.to(4, comparison.accuracyBefore()));
        summary.put("accuracyAfter", Rounding.to(4, comparison.accuracyAfter()));
        summary.put("agreement", Rounding.to(4, comparison.agreement()));
        summary.put("imagesPerSecondBefore", Rounding.to(1, comparison.rates().before()));
        summary.put("imagesPerSecondAfter", Rounding.to(1, comparison.rates().after()));
        summary.put("speedRatio", Rounding.to(2, comparison.rates().ratio()));
        output.printJson(summary);
        output.printf(
                "%s of %s: top-1 %.2f %% (before: %.2f %%); agreement %.2f %% of %,d images; speed %.2f× (%,.0f images/s,"
                        + " before: %,.0f)%n",
                precision,
                model.name(),
                comparison.accuracyAfter() * 100,
                comparison.accuracyBefore() * 100,
                comparison.agreement() * 100,
                comparison.images(),
                comparison.rates().ratio(),
                comparison.rates().after(),
                comparison.rates().before());
        if (calibrated > 0) {
            output.printf(
                    "calibrated with %,d of %s%n",
                    calibrated, data.hasTrainingImages() ? "the training images" : "these images");
        }
    }
}
