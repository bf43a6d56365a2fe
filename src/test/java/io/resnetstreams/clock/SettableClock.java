package io.resnetstreams.clock;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.objectweb.asm.ClassReader;

/**
 * A wall clock that a test can set in a running Java process. The process must be started with {@link #environment()}.
 */
public final class SettableClock {
    private static final Path CLASSES = Path.of("target", "test-classes");

    private final Path offset;
    private final Path agent;

    /** @param folder for the clock's files, which must exist until the process exits */
    public SettableClock(Path folder) throws IOException {
        Files.createDirectories(folder);
        offset = folder.resolve("clock-offset").toAbsolutePath();
        agent = folder.resolve("clock-agent.jar").toAbsolutePath();
        set(Duration.ZERO);
        writeAgent();
    }

    /** Sets the clock to the true time plus an offset, which may be negative. Takes effect immediately. */
    public void set(Duration ahead) throws IOException {
        try (FileChannel file = FileChannel.open(offset, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(Long.BYTES).putLong(0, ahead.toMillis()), 0);
        }
    }

    /** Returns the environment variables that the process needs. */
    public Map<String, String> environment() {
        return Map.of("JAVA_TOOL_OPTIONS", "-javaagent:" + agent + "=" + offset);
    }

    private void writeAgent() throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(new Attributes.Name("Premain-Class"), ClockAgent.class.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH,
                ClassReader.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString());
        Path folder = Path.of(ClockAgent.class.getPackageName().replace('.', '/'));
        try (OutputStream file = Files.newOutputStream(agent);
                JarOutputStream jar = new JarOutputStream(file, manifest);
                var classes = Files.newDirectoryStream(CLASSES.resolve(folder), "ClockAgent*.class")) {
            for (Path source : classes) {
                jar.putNextEntry(new ZipEntry(CLASSES.relativize(source).toString()));
                Files.copy(source, jar);
            }
        }
    }
}
