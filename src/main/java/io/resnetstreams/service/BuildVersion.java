package io.resnetstreams.service;

import io.resnetstreams.inference.engine.EngineDevices;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.stream.Collectors;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, for {@code --version}. */
public final class BuildVersion implements IVersionProvider {
    private final Properties properties = load();

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream stream = BuildVersion.class.getResourceAsStream("/build.properties")) {
            properties.load(stream);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the build properties", e);
        }
        return properties;
    }

    /** Returns the version, such as {@code 0.1.0}. */
    public String version() {
        return properties.getProperty("version");
    }

    /** Returns the commit of the build, with {@code -dirty} if files were changed. */
    public String commit() {
        return properties.getProperty("commit");
    }

    /** Returns the name, the version and the commit. */
    public String name() {
        return "resnet-streams " + version() + " (" + commit() + ")";
    }

    /** Returns the engines with their versions. */
    public String engines() {
        return "MXNet " + properties.getProperty("mxnet") + ", ONNX Runtime " + properties.getProperty("onnxruntime");
    }

    /** Returns the versions of the most important libraries, and of Java. */
    public String libraries() {
        return "Kafka Streams " + properties.getProperty("kafka") + ", DJL " + properties.getProperty("djl") + ", "
                + engines() + ", Java " + System.getProperty("java.version");
    }

    @Override
    public String[] getVersion() {
        return new String[] {name(), libraries(), "Device: " + devices()};
    }

    /** Loads the libraries of the engines to find their devices. */
    private static String devices() {
        return EngineDevices.described().entrySet().stream()
                .map(engine -> engine.getKey().title() + ": " + engine.getValue())
                .collect(Collectors.joining("; "));
    }
}
