package io.resnetstreams.precision;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.resnetstreams.common.BoundedFile;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.InvalidModelException;
import io.resnetstreams.model.ModelDescription;
import io.resnetstreams.model.ModelDescription.Conversion;
import io.resnetstreams.model.ModelDescription.Provenance;
import io.resnetstreams.model.ModelDirectory;
import io.resnetstreams.model.ModelWriter;
import io.resnetstreams.model.network.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions about a model and the chosen models, beside the model ({@code NAME-precision.json}, {@code NAME-int8-auto}) or,
 * if that folder can't be written, in a cache. A decision names the circumstances that it holds for, so that machines can share
 * a folder.
 *
 * <p>Several processes may use it at the same time: files and folders appear complete, by renaming, and a model is never
 * replaced, since another process may load it again.
 */
public final class DecisionStore {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionStore.class);

    /** A later version with other conversions has another number, so that decisions are made again. */
    private static final int FORMAT_VERSION = 1;

    private static final int MOST_BYTES = 1_000_000;
    private static final int LONGEST_NAME = 100;
    private static final int SHORT_DIGEST = 12;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final ModelDirectory source;
    private final List<Path> places;

    /** The content of the file. */
    private record Decisions(int formatVersion, List<Decision> decisions) {}

    /** A decision and its model; the model in fp32 if that was chosen. */
    record Stored(Decision decision, ModelDirectory model, Path file) {}

    /** Returns the store of a model. */
    public static DecisionStore of(ModelDirectory source) {
        List<Path> places = new ArrayList<>();
        Path beside = source.directory().toAbsolutePath().normalize().getParent();
        if (beside != null) {
            places.add(beside);
        }
        // Models in different folders may have the same name.
        CacheFolders.cache()
                .map(cache -> cache.resolve("precision").resolve(source.digest().substring(0, SHORT_DIGEST)))
                .ifPresent(places::add);
        return new DecisionStore(source, places);
    }

    /** With other places, in the order in which they are tried. */
    DecisionStore(ModelDirectory source, List<Path> places) {
        this.source = source;
        this.places = List.copyOf(places);
    }

    /** Returns the name of a model's conversion. */
    static String modelName(String sourceName, Precision precision) {
        String suffix = "-" + precision + "-auto";
        return sourceName.substring(0, Math.min(sourceName.length(), LONGEST_NAME - suffix.length())) + suffix;
    }

    private String sourceName() {
        return ModelDescription.nameOf(source.directory());
    }

    private Path file(Path place) {
        return place.resolve(sourceName() + "-precision.json");
    }

    /** Returns the decision for these circumstances, if its model is whole. */
    Optional<Stored> find(Circumstances wanted) {
        for (Path place : places) {
            for (Decision decision : read(file(place))) {
                if (wanted.accept(decision.circumstances())) {
                    Optional<Stored> stored = stored(place, decision);
                    if (stored.isPresent()) {
                        return stored;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Stored> stored(Path place, Decision decision) {
        if (decision.model() == null) {
            return Optional.of(new Stored(decision, source, file(place)));
        }
        try {
            ModelDirectory model = ModelDirectory.load(place.resolve(decision.model()));
            if (model.digest().equals(decision.digest())) {
                return Optional.of(new Stored(decision, model, file(place)));
            }
            LOG.warn("{}: the model {} has another digest", file(place), model.directory());
        } catch (InvalidModelException e) {
            LOG.warn("{}: {}", file(place), e.getMessage());
        }
        return Optional.empty();
    }

    /** Returns the decisions in a file; none if there is no such file, or it can't be read. */
    private static List<Decision> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            Decisions content = JSON.readValue(BoundedFile.bytes(file, MOST_BYTES), Decisions.class);
            return content == null || content.formatVersion != FORMAT_VERSION || content.decisions == null
                    ? List.of()
                    : content.decisions.stream()
                            .filter(decision -> decision != null && decision.circumstances() != null)
                            .toList();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{} can't be read, so it is made again: {}",
                    file,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            return List.of();
        }
    }

    /**
     * Stores a decision and its model in the first place that can be written.
     *
     * @param accepted the chosen model, which is copied; null if fp32 was chosen
     * @param anew whether it counts even if another process has decided in the meantime
     * @throws IOException if no place can be written; the message names each
     */
    Stored save(Decision decision, ModelDirectory accepted, boolean anew) throws IOException {
        Optional<Stored> meanwhile = anew ? Optional.empty() : find(decision.circumstances());
        if (meanwhile.isPresent()) {
            return meanwhile.get();
        }
        List<String> failures = new ArrayList<>();
        for (Path place : places) {
            try {
                Files.createDirectories(place);
                return saveIn(place, decision, accepted);
            } catch (IOException e) {
                failures.add(place + " can't be written: " + e.getMessage());
            }
        }
        throw new IOException(String.join("; ", failures));
    }

    private Stored saveIn(Path place, Decision decision, ModelDirectory accepted) throws IOException {
        Decision complete = decision;
        ModelDirectory model = source;
        if (accepted != null) {
            model = publish(place, decision, accepted);
            complete = decision.withModel(model.directory().getFileName().toString(), model.digest());
        }
        List<Decision> all = new ArrayList<>(List.of(complete));
        read(file(place)).stream()
                .filter(other -> other.circumstances().source().equals(source.digest())
                        && !other.circumstances().equals(decision.circumstances()))
                .forEach(all::add);
        Path temporary = Files.createTempFile(place, "." + sourceName(), ".json");
        try {
            Files.write(temporary, JSON.writeValueAsBytes(new Decisions(FORMAT_VERSION, all)));
            CacheFolders.shareAs(temporary, place);
            Files.move(temporary, file(place), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return new Stored(complete, model, file(place));
    }

    /** Writes a copy of the chosen model, with its origin. */
    ModelDirectory write(Decision decision, ModelDirectory accepted, Path folder) throws IOException {
        ModelWriter.copy(accepted, provenance(decision), folder);
        try {
            return ModelDirectory.load(folder);
        } catch (InvalidModelException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Copies a model to its final name. If another model has it, the new one's name gets a part of its digest. */
    private ModelDirectory publish(Path place, Decision decision, ModelDirectory accepted) throws IOException {
        Path temporary = Files.createTempDirectory(place, "." + accepted.name());
        try {
            write(decision, accepted, temporary);
            CacheFolders.shareAs(temporary, place);
            String name = accepted.name();
            for (String folder : List.of(name, name + "-" + accepted.digest().substring(0, SHORT_DIGEST))) {
                Path target = place.resolve(folder);
                if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    moveUnlessThere(temporary, target);
                }
                Optional<ModelDirectory> there = same(target, accepted.digest());
                if (there.isPresent()) {
                    return there.get();
                }
            }
            throw new IOException("it has other models named " + name);
        } finally {
            if (Files.exists(temporary)) {
                Folders.delete(temporary);
            }
        }
    }

    /** Another process may create the same folder now; renaming does not replace a folder with content. */
    private static void moveUnlessThere(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    private static Optional<ModelDirectory> same(Path folder, String digest) {
        try {
            return Optional.of(ModelDirectory.load(folder))
                    .filter(model -> model.digest().equals(digest));
        } catch (InvalidModelException e) {
            return Optional.empty();
        }
    }

    /** Returns the origin of the chosen model. */
    private Provenance provenance(Decision decision) {
        Trial chosen = decision.chosen().orElseThrow();
        Provenance before = source.description().provenance();
        return new Provenance(
                chosen.precision() + " of " + source.name(),
                before == null ? null : before.dataset(),
                null,
                null,
                null,
                null,
                null,
                null,
                new Conversion(
                        source.digest(),
                        chosen.agreement(),
                        decision.heldOut(),
                        chosen.gain(),
                        decision.circumstances().images()));
    }
}
