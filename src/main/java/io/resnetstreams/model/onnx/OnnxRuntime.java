package io.resnetstreams.model.onnx;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.util.Utils;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.resnetstreams.common.Folders;
import io.resnetstreams.common.UnsupportedMachineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * ONNX Runtime as an engine of DJL, and the machines that it has a native library for. Nothing else may create an {@code
 * OrtEnvironment}, since DJL needs the first one.
 *
 * <p>Threading: thread-safe.
 */
public final class OnnxRuntime {
    private static final String ENGINE = "OnnxRuntime";
    private static final String FILE_NAME = "network";
    /** The name of the file that is loaded. */
    static final String FILE = FILE_NAME + OnnxFile.ENDING;

    private static final String LIBRARY_FOLDER = "onnxruntime.native.path";
    private static final String LIBRARY_VARIABLE = "ONNXRUNTIME_LIBRARY_PATH";
    private static final Map<String, String> PROCESSORS =
            Map.of("amd64", "x64", "x86_64", "x64", "aarch64", "aarch64", "arm64", "aarch64");
    private static final Set<String> PLATFORMS = Set.of("linux-x64", "linux-aarch64", "osx-aarch64");

    private OnnxRuntime() {}

    /**
     * Returns the engine's name in DJL, after loading its library.
     *
     * @throws UnsupportedMachineException if there is no library for this machine
     * @throws IllegalStateException if the library can't be loaded
     */
    public static synchronized String engine() {
        requireLibrary();
        // Otherwise DJL loads MXNet too, for operations on arrays that no network needs.
        System.setProperty("ai.djl.onnx.disable_alternative", "true");
        try {
            if (System.getProperty(LIBRARY_FOLDER) == null) {
                String given = System.getenv(LIBRARY_VARIABLE);
                Path folder = given == null || given.isEmpty() ? unpacked() : complete(Path.of(given));
                System.setProperty(LIBRARY_FOLDER, folder.toString());
            }
            Engine.getEngine(ENGINE);
        } catch (LinkageError | RuntimeException | IOException e) {
            throw new IllegalStateException("ONNX Runtime's library can't be loaded: " + e.getMessage(), e);
        }
        return ENGINE;
    }

    /** Sets options of a session. */
    public interface Configurer {
        void configure(SessionOptions options) throws OrtException;
    }

    /** Writes a network to a folder, as {@link OnnxModel#writeForLoading} does. */
    public interface Writer {
        void write(Path folder) throws IOException;
    }

    /**
     * Loads a network. Arrays are on the CPU; the options select other devices.
     *
     * @throws IllegalArgumentException if ONNX Runtime can't load it; the message is ONNX Runtime's
     */
    public static Model load(Writer network, Configurer configurer) throws IOException {
        String engine = engine();
        Path folder = Files.createTempDirectory("resnet-streams-onnx");
        try (SessionOptions options = new SessionOptions()) {
            // Whatever fails is thrown too; it would be printed past the log.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            configurer.configure(options);
            network.write(folder);
            Model model = Model.newInstance(FILE_NAME, Device.cpu(), engine);
            try {
                model.load(folder, FILE_NAME, Map.of("sessionOptions", options));
                return model;
            } catch (IOException | MalformedModelException | RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (OrtException | MalformedModelException e) {
            Throwable first = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    String.valueOf(first.getMessage()).strip(), e);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Returns whether the native library was built with an execution provider; loads it. */
    public static boolean has(OrtProvider provider) {
        engine();
        return OrtEnvironment.getAvailableProviders().contains(provider);
    }

    /** Returns the folder of the cache for what ONNX Runtime can use again at the next start. */
    public static Path cache() {
        return Utils.getEngineCacheDir("onnxruntime");
    }

    /** @throws UnsupportedMachineException if there is no library for this machine; it is not loaded */
    public static void requireLibrary() {
        platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** Returns ONNX Runtime's name of a platform. */
    static String platform(String system, String processor) {
        String name = system.toLowerCase(Locale.ROOT);
        String platform = (name.startsWith("mac") ? "osx" : name.startsWith("linux") ? "linux" : name) + "-"
                + PROCESSORS.getOrDefault(processor, processor);
        if (!PLATFORMS.contains(platform)) {
            throw new UnsupportedMachineException("ONNX Runtime has no library for " + system + " on " + processor
                    + "; it has one for Linux on x86_64 and arm64, and for macOS on arm64");
        }
        return platform;
    }

    private static List<String> libraries(String platform) {
        String ending = platform.startsWith("osx") ? ".dylib" : ".so";
        return List.of("libonnxruntime" + ending, "libonnxruntime4j_jni" + ending);
    }

    /**
     * Returns a folder with native libraries of the user's own, such as those for CUDA.
     *
     * @throws IOException if one is missing
     */
    static Path complete(Path folder) throws IOException {
        for (String library : libraries(platform(System.getProperty("os.name"), System.getProperty("os.arch")))) {
            if (!Files.isRegularFile(folder.resolve(library))) {
                throw new IOException(LIBRARY_VARIABLE + " is '" + folder + "', which has no " + library);
            }
        }
        return folder;
    }

    /**
     * Returns the folder with the native libraries, unpacked from the class path to DJL's cache once for each version. ONNX
     * Runtime itself unpacks them to a new temporary folder at each start, which stays if the process ends by a signal.
     */
    private static Path unpacked() throws IOException {
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        Path folder = cache().resolve(version + "-" + platform);
        if (Files.isDirectory(folder)) {
            return folder;
        }
        Files.createDirectories(folder.getParent());
        // Other processes may do the same; the first move wins.
        Path partial = Files.createTempDirectory(folder.getParent(), "unpacking");
        try {
            for (String library : libraries(platform)) {
                String resource = "/ai/onnxruntime/native/" + platform + "/" + library;
                try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
                    if (in == null) {
                        throw new IOException(resource + " is missing on the class path");
                    }
                    Files.copy(in, partial.resolve(library));
                }
            }
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        } finally {
            if (Files.exists(partial)) {
                Folders.delete(partial);
            }
        }
        return folder;
    }
}
