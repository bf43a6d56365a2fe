package io.resnetstreams.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.resnetstreams.cli.options.EngineOption;
import io.resnetstreams.cli.options.PipelineCommand;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.Png;
import io.resnetstreams.common.Text;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.config.Configuration;
import io.resnetstreams.demo.EventSource;
import io.resnetstreams.events.DeadLetter;
import io.resnetstreams.events.EncodedLabel;
import io.resnetstreams.events.LabelEvent;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.FetchMetrics;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.image.ImageSize;
import io.resnetstreams.image.Preprocessing;
import io.resnetstreams.inference.PictureCheck;
import io.resnetstreams.inference.batch.InferenceMetrics;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.service.ClassificationStack;
import io.resnetstreams.service.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Classifies local files with the same code as events. */
@Command(
        name = "classify",
        description = {
            "Classify local files without Kafka.",
            "",
            "The URI of an image, such as s3://BUCKET/KEY, is fetched if the section 'references' of the configuration"
                    + " allows it.",
            "",
            "If a file would become a dead letter, the reason is printed, and the exit code is 1."
        },
        footer = {
            "",
            "Examples:",
            "  resnet-streams classify cat.jpg photos/ --model models/resnet20-fashion-mnist",
            "  resnet-streams classify https://a.example/cat.jpg \\",
            "    --set references.http.hosts=a.example",
            "  curl -s https://example.com/cat.jpg | resnet-streams classify -"
        })
final class ClassifyCommand extends PipelineCommand {
    /** A file's outcome. Width and height are those in its header, null if it has none, or is a URI. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FileOutcome(
            String file,
            String outcome,
            String stage,
            String code,
            String reason,
            Integer width,
            Integer height,
            List<LabelEvent.Label> labels) {}

    private static final int LONGEST_LIST = 64_000_000; // bytes
    private static final int MOST_NAMED = 10;

    @Parameters(
            paramLabel = "PATH",
            arity = "0..*",
            description = "Image files, directories, IDX files and URIs; - reads one image from standard input.")
    private List<String> paths = List.of();

    @Option(
            names = "--files-from",
            paramLabel = "FILE",
            description = "Read more paths from a file, one per line; - reads them from standard input.")
    private Path filesFrom;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private String modelPath;

    @Option(
            names = "--pixels",
            paramLabel = "DIR",
            description = "Write the network's input for each file to DIR, as PNG.")
    private Path pixels;

    @Mixin
    private EngineOption engine;

    @Override
    public Integer call() {
        EventSource source = EventSource.ofNames(allPaths());
        // Files need no schema registry, and their labels are not written.
        Configuration configuration =
                load("model", modelPath, "engine", engine.setting(), "labels.format", "json", "schemaRegistry.url", "");
        if (pixels != null && source.hasReferences()) {
            throw UserErrorException.usage("--pixels is for files; URIs can't be combined with it");
        }
        ModelDirectory model = ServedModel.asDecided(configuration);
        ImagePreprocessor preprocessor =
                new ImagePreprocessor(configuration.limits().image(), model.preprocessing());
        PictureCheck check = new PictureCheck(
                model.preprocessing(), preprocessor, model.labels().size());
        AtomicBoolean allLabelled = new AtomicBoolean(true);
        // If a file can't be read, the outcomes of the files before it are still printed.
        try (ClassificationStack stack =
                        ClassificationStack.open(configuration, model, InferenceMetrics.NONE, FetchMetrics.NONE);
                FilesInFlight files = new FilesInFlight(stack.service()::classify, file -> {
                    FileOutcome outcome = outcome(file);
                    print(outcome);
                    if (outcome.labels() == null) {
                        allLabelled.set(false);
                        return;
                    }
                    if (file.file().isReference()) {
                        return;
                    }
                    check.warning(file.file().image())
                            .ifPresent(warning -> output.println("  warning: " + outcome.file() + " is " + warning));
                    if (pixels != null) {
                        writePixels(preprocessor, model, file);
                    }
                })) {
            output.println(description(model));
            source.notice().ifPresent(output::println);
            source.forEach(files::add);
        }
        return allLabelled.get() ? 0 : 1;
    }

    private List<String> allPaths() {
        List<String> all = new ArrayList<>(paths);
        all.addAll(filesFrom == null ? List.of() : listed());
        if (all.isEmpty()) {
            throw UserErrorException.usage(
                    "no image is given; name files or directories, - for standard input, or a list of paths with"
                            + " --files-from");
        }
        return all;
    }

    private List<String> listed() {
        try {
            byte[] list = filesFrom.equals(EventSource.STANDARD_INPUT)
                    ? BoundedFile.bytes(System.in, LONGEST_LIST)
                    : BoundedFile.bytes(filesFrom, LONGEST_LIST);
            return BoundedFile.lines(list).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (NoSuchFileException e) {
            throw UserErrorException.usage("--files-from " + filesFrom + ": there is no such file", e);
        } catch (IOException e) {
            throw UserErrorException.usage("--files-from " + filesFrom + ": " + e.getMessage(), e);
        }
    }

    private static String description(ModelDirectory model) {
        List<String> labels = model.labels();
        String first = String.join(", ", labels.subList(0, Math.min(MOST_NAMED, labels.size())));
        return "model %s (%s, %d×%d) with %d classes: %s%s"
                .formatted(
                        model.name(),
                        model.architecture(),
                        model.preprocessing().width(),
                        model.preprocessing().height(),
                        labels.size(),
                        first,
                        labels.size() > MOST_NAMED ? ", …" : "");
    }

    private static FileOutcome outcome(FilesInFlight.Classified file) {
        String name = file.file().id();
        Optional<ImageSize> size = file.file().isReference()
                ? Optional.empty()
                : ImagePreprocessor.statedSize(file.file().image());
        Integer width = size.map(ImageSize::width).orElse(null);
        Integer height = size.map(ImageSize::height).orElse(null);
        if (file.outcome() instanceof DeadLetter dead) {
            return new FileOutcome(
                    name, "deadLetter", dead.stage().wireName(), dead.code(), dead.reason(), width, height, null);
        }
        List<LabelEvent.Label> labels = ((EncodedLabel) file.outcome()).event().labels();
        return new FileOutcome(name, "label", null, null, null, width, height, labels);
    }

    private void writePixels(ImagePreprocessor preprocessor, ModelDirectory model, FilesInFlight.Classified file) {
        // The number distinguishes files of the same name in different directories.
        Path target = pixels.resolve(
                "%04d-%s.png".formatted(file.number(), Path.of(file.file().id()).getFileName()));
        try {
            Files.createDirectories(pixels);
            byte[] seen = preprocessor.toPixels(file.file().image());
            Preprocessing input = model.preprocessing();
            Files.write(target, Png.encodeRgb(seen, input.width(), input.height()));
        } catch (RejectedEventException e) {
            throw new IllegalStateException("a labelled image can't be decoded", e);
        } catch (IOException e) {
            throw UserErrorException.shortfall("cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private void print(FileOutcome outcome) {
        if (output.json) {
            output.printJson(outcome);
            return;
        }
        if (outcome.labels() == null) {
            output.printf(
                    "%s: dead letter at %s (%s): %s%n",
                    outcome.file(), outcome.stage(), outcome.code(), outcome.reason());
            return;
        }
        String size = outcome.width() == null ? "" : " (%d×%d)".formatted(outcome.width(), outcome.height());
        output.printf("%s%s%n", outcome.file(), size);
        for (LabelEvent.Label label : outcome.labels()) {
            output.printf(
                    "  %s %5.1f%%  %s%n", Text.bar(label.probability(), 10), label.probability() * 100, label.label());
        }
    }
}
