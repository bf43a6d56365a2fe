package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Resolves references to secrets in the configuration: {@code ${file:PATH:KEY}}, a key of a properties file;
 * {@code ${dir:FOLDER:FILE}}, the content of a file; {@code ${env:NAME}}, an environment variable. It uses Kafka's own config
 * providers, but rejects a reference that can't be resolved, which Kafka would send as the password.
 */
public final class SecretReferences {
    private static final String FILE = "file";
    private static final String DIRECTORY = "dir";
    private static final String ENVIRONMENT = "env";

    private final Map<String, ConfigProvider> providers;

    /** Resolves with these environment variables. */
    public SecretReferences(Map<String, String> environment) {
        providers = Map.of(
                FILE, new FileConfigProvider(),
                DIRECTORY, new DirectoryConfigProvider(),
                ENVIRONMENT, new EnvVarConfigProvider(environment));
        providers.values().forEach(provider -> provider.configure(Map.of()));
    }

    /** Returns Kafka's properties with all references resolved; throws UserErrorException if one can't be. */
    Map<String, String> resolve(Map<String, String> properties) {
        Map<String, String> resolved = new HashMap<>();
        properties.forEach((name, value) -> resolved.put(name, resolve("kafka." + name, value)));
        return resolved;
    }

    /** Returns the value of a key with all references resolved; throws UserErrorException if one can't be. */
    public String resolve(String key, String value) {
        Matcher references = ConfigTransformer.DEFAULT_PATTERN.matcher(value);
        return references.replaceAll(reference -> Matcher.quoteReplacement(secret(key, reference)));
    }

    private String secret(String name, MatchResult reference) {
        String provider = reference.group(1);
        String path = reference.group(3) == null ? "" : reference.group(3);
        String key = reference.group(4);
        if (!providers.containsKey(provider) || path.isEmpty() != provider.equals(ENVIRONMENT)) {
            throw mistake(name, reference, "allowed are ${file:PATH:KEY}, ${dir:FOLDER:FILE} and ${env:NAME}", null);
        }
        if (!provider.equals(ENVIRONMENT)) {
            Path file = provider.equals(FILE) ? Path.of(path) : Path.of(path, key);
            if (Files.isDirectory(file) || !Files.isReadable(file)) {
                throw mistake(name, reference, "there is no file " + file + " that can be read", null);
            }
        }
        String value;
        try {
            value = providers.get(provider).get(path, Set.of(key)).data().get(key);
        } catch (ConfigException e) {
            throw mistake(name, reference, e.getMessage(), e);
        }
        if (value == null) {
            String what = provider.equals(ENVIRONMENT) ? "there is no variable " + key : path + " has no " + key;
            throw mistake(name, reference, what, null);
        }
        // Editors append a line break, which is not part of the password.
        return provider.equals(DIRECTORY) ? value.replaceFirst("\\R\\z", "") : value;
    }

    private static UserErrorException mistake(String name, MatchResult reference, String reason, Throwable cause) {
        return UserErrorException.usage(name + " refers to " + reference.group() + ": " + reason, cause);
    }
}
