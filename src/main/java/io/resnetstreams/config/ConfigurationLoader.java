package io.resnetstreams.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.kafka.KafkaProperties;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Merges the sources of the configuration, each of which overrides the one before: the defaults, the file, the environment,
 * {@code --set} and options. The defaults determine the keys and the type of each value. An unknown key, or a value of
 * another type, is an error that names its source.
 */
public final class ConfigurationLoader {
    private static final String ENVIRONMENT_PREFIX = "RESNET_STREAMS_";
    private static final String KAFKA = "kafka";
    /** Keys whose value may be a list in YAML; elsewhere it is separated by commas. */
    private static final Set<String> LISTS = Set.of(
            "onnxruntime.providers",
            "references.s3.buckets",
            "references.http.hosts",
            "references.http.privateHosts",
            "references.file.roots");

    private static final String DEFAULTS = "/pipeline.yaml";

    /** Keys and sections that were renamed, with their new names. No release has renamed a key. */
    private static final Map<String, String> RENAMED = Map.of();

    private final ObjectNode merged = defaults();
    private final Map<String, String> renamed;

    /** Starts with the defaults. */
    public ConfigurationLoader() {
        this(RENAMED);
    }

    ConfigurationLoader(Map<String, String> renamed) {
        this.renamed = renamed;
    }

    /** Returns the tree of all keys with their defaults. */
    static ObjectNode defaults() {
        try (InputStream stream = ConfigurationLoader.class.getResourceAsStream(DEFAULTS)) {
            return (ObjectNode) YamlFile.MAPPER.readTree(stream);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the built-in defaults", e);
        }
    }

    /** Adds a YAML file. */
    public ConfigurationLoader file(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserErrorException.usage("--config " + file + ": there is no such file");
        }
        JsonNode tree = YamlFile.read(file);
        if (tree.isMissingNode() || tree.isNull()) {
            return this;
        }
        if (!tree.isObject()) {
            throw UserErrorException.usage("--config " + file + ": keys and values are needed");
        }
        overlay(merged, tree, "", file.toString());
        return this;
    }

    /** Adds the variables whose names begin with {@value #ENVIRONMENT_PREFIX}. */
    public ConfigurationLoader environment(Map<String, String> variables) {
        List<String> keys = leaves(merged, "");
        keys.addAll(renamed.keySet());
        Map<String, String> keysByVariable =
                keys.stream().collect(Collectors.toMap(ConfigurationLoader::variable, key -> key));
        new TreeMap<>(variables).forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                String rest = name.substring(ENVIRONMENT_PREFIX.length());
                String key = rest.startsWith("KAFKA_")
                        ? KAFKA + "."
                                + rest.substring(6).toLowerCase(Locale.ROOT).replace('_', '.')
                        : keysByVariable.get(name);
                if (key == null) {
                    throw UserErrorException.usage("environment variable " + name + " names no key; the keys are "
                            + "those of pipeline.yaml, such as " + ENVIRONMENT_PREFIX + "BATCH_MAXSIZE");
                }
                set(key, value, name);
            }
        });
        return this;
    }

    /** Adds a value; messages name its origin, such as {@code --set}. */
    public ConfigurationLoader set(String key, String value, String origin) {
        if (key.startsWith(KAFKA + ".")) {
            ((ObjectNode) merged.get(KAFKA)).put(key.substring(KAFKA.length() + 1), value);
            return this;
        }
        ObjectNode parent = merged;
        String[] path = key.split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
            if (!(parent.get(path[i]) instanceof ObjectNode child)) {
                throw unknown(key, origin);
            }
            parent = child;
        }
        String name = path[path.length - 1];
        JsonNode current = parent.get(name);
        if (current == null || current.isObject()) {
            throw unknown(key, origin);
        }
        parent.set(name, likeDefault(current, key, value, origin));
        return this;
    }

    /** Returns a value with the type of the present one. */
    private static JsonNode likeDefault(JsonNode current, String key, String value, String origin) {
        try {
            if (current.isTextual()) {
                return TextNode.valueOf(value);
            }
            if (current.isBoolean()) {
                return truth(value.strip());
            }
            return current.isFloatingPointNumber()
                    ? decimal(value.strip())
                    : LongNode.valueOf(Unit.of(key).parse(value));
        } catch (IllegalArgumentException e) {
            throw UserErrorException.usage(origin + ": " + key + " is '" + value + "'; " + e.getMessage(), e);
        }
    }

    private static JsonNode truth(String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("true or false is needed");
        }
        return BooleanNode.valueOf(value.equals("true"));
    }

    private static JsonNode decimal(String value) {
        try {
            return DoubleNode.valueOf(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number is needed", e);
        }
    }

    /** Returns the checked configuration. */
    public Configuration load() {
        Configuration configuration = bind();
        KafkaProperties.requireNames(configuration.kafka());
        return configuration;
    }

    private Configuration bind() {
        try {
            return YamlFile.MAPPER.treeToValue(merged, Configuration.class);
        } catch (JsonMappingException e) {
            List<String> path = e.getPath().stream()
                    .map(JsonMappingException.Reference::getFieldName)
                    .collect(Collectors.toList());
            if (e.getCause() instanceof InputCoercionException) {
                throw UserErrorException.usage(
                        String.join(".", path) + " is " + merged.at("/" + String.join("/", path))
                                + "; it must be at most " + Integer.MAX_VALUE,
                        e);
            }
            // The check of a record names its component; the path leads to the section.
            path.add(e.getCause() instanceof IllegalArgumentException check ? check.getMessage() : e.getMessage());
            throw UserErrorException.usage(String.join(".", path), e);
        } catch (JsonProcessingException e) {
            throw UserErrorException.usage(e.getOriginalMessage(), e);
        }
    }

    private void overlay(ObjectNode base, JsonNode layer, String prefix, String origin) {
        for (Map.Entry<String, JsonNode> field : layer.properties()) {
            String key = prefix + field.getKey();
            JsonNode current = base.get(field.getKey());
            JsonNode value = field.getValue();
            boolean kafkaProperty = prefix.equals(KAFKA + ".");
            if (current == null && !kafkaProperty) {
                throw unknown(key, origin);
            } else if (value.isNull()) {
                if (!key.equals(KAFKA)) {
                    throw UserErrorException.usage(origin + ": " + key + " has no value");
                }
            } else if (kafkaProperty && value.isValueNode()) {
                base.put(field.getKey(), value.asText());
            } else if (LISTS.contains(key) && value.isArray()) {
                String items = value.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
                base.set(field.getKey(), likeDefault(current, key, items, origin));
            } else if (kafkaProperty || value.isArray() || current.isObject() != value.isObject()) {
                String needed = kafkaProperty || !current.isObject() ? "a single value" : "a section with keys";
                // A value in place of the section of Kafka's properties may be a password.
                String found = key.equals(KAFKA) ? "no section" : describe(value);
                throw UserErrorException.usage(origin + ": " + key + " is " + found + "; " + needed + " is needed");
            } else if (current instanceof ObjectNode section) {
                overlay(section, value, key + ".", origin);
            } else {
                base.set(field.getKey(), likeDefault(current, key, value.asText(), origin));
            }
        }
    }

    private static String describe(JsonNode value) {
        if (value.isValueNode()) {
            return "'" + value.asText() + "'";
        }
        return value.isObject() ? "a section" : "a list";
    }

    /** Names the new key if the key was renamed, otherwise the keys of its section, or all keys. */
    private UserErrorException unknown(String key, String origin) {
        for (Map.Entry<String, String> former : renamed.entrySet()) {
            if (key.equals(former.getKey()) || key.startsWith(former.getKey() + ".")) {
                String now = former.getValue() + key.substring(former.getKey().length());
                return UserErrorException.usage(origin + ": the key '" + key + "' was renamed to '" + now + "'");
            }
        }
        String section = key.replaceFirst("\\..*", "");
        String allowed = !section.equals(KAFKA) && defaults().get(section) instanceof ObjectNode known
                ? String.join(", ", leaves(known, section + "."))
                : String.join(", ", leaves(defaults(), "")) + ", and Kafka's own under kafka.";
        return UserErrorException.usage(origin + ": unknown key '" + key + "'; allowed are " + allowed);
    }

    private static List<String> leaves(ObjectNode node, String prefix) {
        List<String> keys = new ArrayList<>();
        node.properties().forEach(field -> {
            String key = prefix + field.getKey();
            if (field.getValue() instanceof ObjectNode section) {
                if (!key.equals(KAFKA)) {
                    keys.addAll(leaves(section, key + "."));
                }
            } else {
                keys.add(key);
            }
        });
        return keys;
    }

    private static String variable(String key) {
        return ENVIRONMENT_PREFIX + key.replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
