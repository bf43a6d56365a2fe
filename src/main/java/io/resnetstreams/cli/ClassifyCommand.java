package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.EventReader;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.Outcome;
import io.resnetstreams.events.RawEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.SourcePosition;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.ImageSize;
import io.resnetstreams.image.Png;
import io.resnetstreams.inference.InferenceMetrics;
import io.resnetstreams.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.header.internals.RecordHeaders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Labels local files, by the same code as events, or says why each would be a dead letter. */
@Command(
        name = "classify",
        description =
                "Labels local files without a broker, or says why each would be a dead letter (then exit code 1).",
        footer = "%nExample: resnet-streams classify cat.jpg dog.png --model models/resnet20-fashion-mnist")
final class ClassifyCommand implements Callable<Integer> {
    /** What became of a file; width and height are those that it states, null where it states none. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"file", "outcome", "stage", "code", "reason", "width", "height", "labels"})
    record FileOutcome(
            String file,
            String outcome,
            String stage,
            String code,
            String reason,
            Integer width,
            Integer height,
            List<LabelEvent.Label> labels) {}

    @Mixin
    private OutputOptions output;

    @Mixin
    private PipelineOptions options;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Image files.")
    private List<Path> files;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Option(names = "--pixels", paramLabel = "DIR", description = "Write what the network sees of each file, as PNG.")
    private Path pixels;

    @Override
    public Integer call() throws IOException {
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw UserErrorException.usage(file + ": there is no such file");
            }
        }
        Map<String, String> own = new HashMap<>();
        own.put("model", modelPath);
        Configuration configuration = options.load(own);
        ModelDirectory model = ClassificationStack.model(configuration.model());
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(configuration.limits().image(), model.preprocessing());
        boolean allLabelled = true;
        try (ClassificationStack stack = ClassificationStack.open(configuration, model, InferenceMetrics.NONE)) {
            for (int number = 0; number < files.size(); number++) {
                Path file = files.get(number);
                byte[] bytes = Files.readAllBytes(file);
                FileOutcome outcome = classify(stack, file, bytes);
                print(outcome);
                allLabelled &= outcome.labels() != null;
                if (pixels != null && outcome.labels() != null) {
                    writePixels(preprocessor, model, number, file, bytes);
                }
            }
        }
        return allLabelled ? 0 : 1;
    }

    private static FileOutcome classify(ClassificationStack stack, Path file, byte[] bytes) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventReader.CONTENT_TYPE_HEADER, "image/*".getBytes(UTF_8));
        RawEvent event = new RawEvent(new SourcePosition(file.toString(), 0, 0, 0), null, bytes, headers);
        Outcome outcome = stack.service().classify(event).join();
        Optional<ImageSize> size = ImagePreprocessor.statedSize(bytes);
        Integer width = size.map(ImageSize::width).orElse(null);
        Integer height = size.map(ImageSize::height).orElse(null);
        if (outcome instanceof DeadLetter dead) {
            return new FileOutcome(
                    file.toString(),
                    "deadLetter",
                    dead.stage().wireName(),
                    dead.code(),
                    dead.reason(),
                    width,
                    height,
                    null);
        }
        List<LabelEvent.Label> labels = ((EncodedLabel) outcome).event().labels();
        return new FileOutcome(file.toString(), "label", null, null, null, width, height, labels);
    }

    private void writePixels(ImagePreprocessor preprocessor, ModelDirectory model, int number, Path file, byte[] bytes)
            throws IOException {
        Files.createDirectories(pixels);
        try {
            byte[] seen = preprocessor.toPixels(bytes);
            int width = model.preprocessing().width();
            int height = model.preprocessing().height();
            // Numbered, since files of several folders may have one name.
            Path target = pixels.resolve("%04d-%s.png".formatted(number, file.getFileName()));
            Files.write(target, Png.encodeRgb(seen, width, height));
        } catch (RejectedEventException e) {
            throw new IllegalStateException("an image that was labelled can't be decoded", e);
        }
    }

    private void print(FileOutcome outcome) {
        output.printJson(outcome);
        if (output.json) {
            return;
        }
        if (outcome.labels() == null) {
            output.text()
                    .printf(
                            "%s: dead letter at %s (%s): %s%n",
                            outcome.file(), outcome.stage(), outcome.code(), outcome.reason());
            return;
        }
        output.text().printf("%s (%d×%d)%n", outcome.file(), outcome.width(), outcome.height());
        for (LabelEvent.Label label : outcome.labels()) {
            output.text()
                    .printf(
                            "  %s %5.1f%%  %s%n",
                            Text.bar(label.probability(), 10), label.probability() * 100, label.label());
        }
    }
}
