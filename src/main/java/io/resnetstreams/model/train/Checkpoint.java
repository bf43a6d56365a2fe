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
 * The state of a training after an epoch: a ZIP file with the training's settings, the number of epochs completed, and the
 * network's values, momenta and averages. It is replaced atomically, so that a crash leaves the previous checkpoint.
 */
record Checkpoint(Path file) {
    static final String FILE = "checkpoint.zip";
    private static final int MOST_DESCRIPTION_BYTES = 1_000_000;
    private static final String EPOCHS = "epochsDone";
    private static final ObjectMapper JSON = new ObjectMapper();

    void write(TrainableNetwork network, Map<String, String> training, int epochs) throws IOException {
        Map<String, String> described = new TreeMap<>(training);
        described.put(EPOCHS, Integer.toString(epochs));
        Path next = file.resolveSibling(FILE + ".next");
        try (OutputStream out = Files.newOutputStream(next);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("training.json"));
            zip.write(JSON.writeValueAsBytes(described));
            zip.putNextEntry(new ZipEntry("state.safetensors"));
            network.writeState(zip);
            zip.closeEntry();
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Restores the state of the same training, and returns the number of epochs completed; 0 without a checkpoint. */
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
            // Read as a whole, because DJL treats a short read, which is usual for a ZIP file, as the end.
            ByteBuffer state = ByteBuffer.wrap(BoundedFile.bytes(zip, network.stateBytes()));
            // DJL allocates memory for whatever header size the state claims.
            long header = state.capacity() < Long.BYTES
                    ? -1
                    : state.order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header < 0 || header > state.remaining()) {
                throw new IllegalArgumentException(
                        file + " holds a state of " + state.capacity() + " bytes with a header of " + header);
            }
            network.readState(new ByteArrayInputStream(state.array()));
            return Integer.parseInt(stored.get(EPOCHS));
        }
    }

    boolean exists() {
        return Files.exists(file);
    }

    void requireNone() {
        if (exists()) {
            throw new IllegalArgumentException(file + " belongs to a training that did not finish; resume it with"
                    + " --resume, or delete the file to start again");
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
