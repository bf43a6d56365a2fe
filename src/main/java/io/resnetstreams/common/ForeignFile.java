package io.resnetstreams.common;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Recognises files of other formats by their first bytes, to tell the user what to do. Stateless. */
public final class ForeignFile {
    private static final int HEAD_BYTES = 1_024;
    /** Advice for a PyTorch checkpoint in another format. */
    public static final String SAVE_AS_SAFETENSORS =
            "save its state dict with safetensors.torch.save_file (docs/models.md, \"From PyTorch\") and import that";

    /** A file format: its first bytes, one character each; its name, and what to do. */
    private record Kind(int offset, String start, String advice) {
        boolean fits(String head) {
            return head.startsWith(start, offset);
        }
    }

    private static final String ARRAYS = "load its arrays, rename and reorder them as in torchvision"
            + " (convolutions out, in, height, width) and save them with safetensors";

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    0,
                    "version https://git-lfs.github.com/spec/",
                    "a Git LFS pointer, not the file itself: run 'git lfs pull' in the clone, or download the file"),
            new Kind(0, "\u001f\u008b", "compressed with gzip: unpack it with gunzip"),
            new Kind(0, "\u00fd7zXZ", "compressed with xz: unpack it with unxz"),
            new Kind(0, "BZh", "compressed with bzip2: unpack it with bunzip2"),
            new Kind(0, "(\u00b5/\u00fd", "compressed with zstd: unpack it with unzstd"),
            new Kind(0, "7z\u00bc\u00af", "a 7-Zip archive: unpack it"),
            new Kind(257, "ustar", "a tar archive: unpack it and import the file in it"),
            new Kind(0, "\u0089HDF", "an HDF5 file, such as weights of Keras: " + ARRAYS),
            new Kind(0, "\u0093NUMPY", "a NumPy array: " + ARRAYS),
            new Kind(0, "GGUF", "a GGUF file: " + SAVE_AS_SAFETENSORS),
            new Kind(4, "TFL3", "a TensorFlow Lite model: a state dict saved with safetensors is required"),
            new Kind(0, "%PDF", "a PDF document"),
            new Kind(0, "\u00ff\u00d8\u00ff", "a picture (JPEG)"),
            new Kind(0, "\u0089PNG", "a picture (PNG)"),
            new Kind(
                    0,
                    "\u0012\u0001\0\0\0\0\0\0",
                    "a file of MXNet's parameters: import the NAME-symbol.json that belongs to it"),
            new Kind(0, "\u00ff\u00fe", "text in UTF-16: save it as UTF-8"),
            new Kind(0, "\u00fe\u00ff", "text in UTF-16: save it as UTF-8"));

    private static final String ONNX = "an ONNX model: 'model import' reads it if its name ends with .onnx";

    private ForeignFile() {}

    /** Refuses a file of a known format other than the wanted one; the message says what to do. */
    public static void refuse(Path file, String wanted) throws InvalidModelException {
        try {
            refuse(file, head(file), wanted);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    /** Refuses a file by its first bytes; see {@link #refuse(Path, String)}. */
    public static void refuse(Path file, byte[] bytes, String wanted) throws InvalidModelException {
        Optional<String> foreign = describe(bytes);
        if (foreign.isPresent()) {
            throw new InvalidModelException(file + ": is not " + wanted + " but " + foreign.get());
        }
    }

    /** Refuses a file of a known format other than ONNX, which has no sign that tells it from all others. */
    public static void refuseUnlessOnnx(Path file) throws InvalidModelException {
        try {
            Optional<String> foreign = describe(file);
            if (foreign.isPresent() && !foreign.get().equals(ONNX)) {
                throw new InvalidModelException(file + ": is not an ONNX model but " + foreign.get());
            }
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD_BYTES);
        }
    }

    /** Returns the name of a file's format and what to do, if it is a known format. Reads only the start of the file. */
    public static Optional<String> describe(Path file) throws IOException {
        return describe(head(file));
    }

    private static Optional<String> describe(byte[] bytes) {
        if (bytes.length == 0) {
            return Optional.of("empty: download it again");
        }
        String head = new String(bytes, 0, Math.min(bytes.length, HEAD_BYTES), ISO_8859_1);
        String text = (head.startsWith(BoundedFile.MARK_BYTES) ? head.substring(3) : head)
                .stripLeading()
                .toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype")
                || text.startsWith("<html")
                || text.startsWith("<!--")
                || text.startsWith("<?xml")) {
            return Optional.of(
                    "a web page (HTML), such as a server's error, log-in or preview page: download the file itself"
                            + " (its \"raw\" or \"resolve\" link)");
        }
        if (head.startsWith("PK\u0003\u0004")) {
            return Optional.of(archive(head));
        }
        if (bytes.length > 1 && bytes[0] == (byte) 0x80 && bytes[1] >= 2 && bytes[1] <= 5) {
            return Optional.of(
                    "a pickle, such as a .pth file of PyTorch before version 1.6, which can run code when it is read: "
                            + SAVE_AS_SAFETENSORS);
        }
        if (isOnnx(bytes, head)) {
            return Optional.of(ONNX);
        }
        return KINDS.stream().filter(kind -> kind.fits(head)).map(Kind::advice).findFirst();
    }

    /** Recognises an archive by the names of its first files. */
    private static String archive(String head) {
        if (head.contains("data.pkl") || head.contains("archive/") || head.contains(".pkl")) {
            return "a PyTorch checkpoint (.pth, .pt, .bin; pickled, in a ZIP archive), which can run code when it is read: "
                    + SAVE_AS_SAFETENSORS;
        }
        if (head.contains(".npy")) {
            return "a NumPy archive (.npz): " + ARRAYS;
        }
        return "a ZIP archive: if it is from PyTorch (.pth, .pt, .bin), " + SAVE_AS_SAFETENSORS
                + "; if it is from Keras (.keras), " + ARRAYS + "; otherwise unpack it";
    }

    /** Protocol buffers have no magic number: field 1 is the version, field 2 or 7 the producer or the graph. */
    private static boolean isOnnx(byte[] bytes, String head) {
        return bytes.length > 16
                && bytes[0] == 8
                && bytes[1] > 0
                && bytes[1] < 20
                && (bytes[2] == 0x12 || bytes[2] == 0x3A)
                && !head.startsWith("{", 8);
    }
}
