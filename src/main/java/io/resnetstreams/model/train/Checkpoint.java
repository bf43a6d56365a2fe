package io.resnetstreams.model.train;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.resnetstreams.common.BoundedFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The state of a training at the end of an epoch: a zip file of what the training is, how many epochs are done, and the
 * network's values, momenta and averages. It is replaced as a whole, so that a kill leaves the one before.
 */
final class Checkpoint {
    static final String FILE = "checkpoint.zip";
    private static final String TRAINING = "training.json";
    private static final String STATE = "state.safetensors";
    private static final int MOST_DESCRIPTION_BYTES = 1_000_000;
    private static final String EPOCHS = "epochsDone";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    Checkpoint(Path directory) {
        this.file = directory.resolve(FILE);
    }

    void write(TrainableNetwork network, Map<String, String> training, int epochs) throws IOException {
        Map<String, String> described = new TreeMap<>(training);
        described.put(EPOCHS, Integer.toString(epochs));
        Path next = file.resolveSibling(FILE + ".next");
        try (OutputStream out = Files.newOutputStream(next);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(TRAINING));
            zip.write(JSON.writeValueAsBytes(described));
            zip.putNextEntry(new ZipEntry(STATE));
            network.writeState(zip);
            zip.closeEntry();
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Puts the state into a network.
     *
     * @return how many epochs are done; 0 if there is no checkpoint
     * @throws IllegalArgumentException if the checkpoint is of another training; the message says in what
     */
    int read(TrainableNetwork network, Map<String, String> training) throws IOException {
        if (!exists()) {
            return 0;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                ZipInputStream zip = new ZipInputStream(in)) {
            zip.getNextEntry();
            Map<String, String> stored =
                    JSON.readValue(BoundedFile.bytes(zip, MOST_DESCRIPTION_BYTES), new TypeReference<>() {});
            training.forEach((what, value) -> {
                if (!value.equals(stored.get(what))) {
                    throw new IllegalArgumentException("the " + what + " of " + file + " are " + stored.get(what)
                            + "; this training's are " + value);
                }
            });
            zip.getNextEntry();
            // All at once: DJL takes a short read, which is usual for a zip, for the end.
            byte[] state = BoundedFile.bytes(zip, network.stateBytes());
            requireHeader(state);
            network.readState(new ByteArrayInputStream(state));
            return Integer.parseInt(stored.get(EPOCHS));
        }
    }

    /** DJL takes memory for whatever header the state claims. */
    private void requireHeader(byte[] state) {
        long header = state.length < Long.BYTES
                ? -1
                : ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (header < 0 || header > state.length - Long.BYTES) {
            throw new IllegalArgumentException(
                    file + " holds a state of " + state.length + " bytes with a header of " + header);
        }
    }

    boolean exists() {
        return Files.exists(file);
    }

    void requireNone() {
        if (exists()) {
            throw new IllegalArgumentException(
                    file + " is of a training that did not end; --resume goes on with it, deleting it starts anew");
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
