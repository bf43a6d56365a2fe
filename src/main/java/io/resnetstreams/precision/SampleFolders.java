package io.resnetstreams.precision;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.image.ImageLimits;
import io.resnetstreams.image.ImagePreprocessor;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.data.EvaluationSet;
import io.resnetstreams.model.data.ImageFiles;
import io.resnetstreams.model.data.LabelledImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Images in folders, with all that is below them, or in IDX data sets, of which the test images are read. */
public final class SampleFolders implements SampleSource {
    private final List<Path> folders;
    private final String origin;
    private final boolean named;
    private final ModelDirectory model;
    private final ImagePreprocessor preprocessor;

    private SampleFolders(List<Path> folders, String origin, boolean named, ModelDirectory model, ImageLimits limits) {
        this.folders = folders;
        this.origin = origin;
        this.named = named;
        this.model = model;
        this.preprocessor = new ImagePreprocessor(limits, model.preprocessing());
    }

    /**
     * Returns the images that a user named.
     *
     * @throws IllegalArgumentException if one of the paths is not a folder
     */
    public static SampleFolders named(List<Path> folders, ModelDirectory model, ImageLimits limits) {
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException(folder + ": there is no such directory");
            }
        }
        String origin = folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize().toString())
                .collect(Collectors.joining(", "));
        return new SampleFolders(folders, origin, true, model, limits);
    }

    /** Returns the samples in a model's directory, if it has some. */
    public static Optional<SampleFolders> ofModel(ModelDirectory model, ImageLimits limits) {
        Path folder = model.directory().resolve("samples");
        return Files.isDirectory(folder)
                ? Optional.of(new SampleFolders(List.of(folder), "the model's samples", false, model, limits))
                : Optional.empty();
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public boolean isNamed() {
        return named;
    }

    /** Reads as many images of each folder, spread over it, since its files may be sorted by class. */
    @Override
    public List<byte[]> read(int most) throws IOException {
        List<byte[]> images = new ArrayList<>();
        int left = most;
        for (int i = 0; i < folders.size(); i++) {
            List<byte[]> here = read(folders.get(i), left / (folders.size() - i));
            images.addAll(here);
            left -= here.size();
        }
        return images;
    }

    private List<byte[]> read(Path folder, int most) throws IOException {
        if (LabelledImages.isIdx(folder)) {
            return EvaluationSet.read(folder, model, preprocessor).spread(most);
        }
        List<Path> files = new ImageFiles().below(folder);
        try {
            return LabelledImages.spread(files.size(), Math.min(most, files.size()))
                    .parallel()
                    .mapToObj(index -> pixels(files.get(index)))
                    .filter(Objects::nonNull)
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns null if the file can't be decoded. */
    private byte[] pixels(Path file) {
        try {
            return preprocessor.toPixels(Files.readAllBytes(file));
        } catch (RejectedEventException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
