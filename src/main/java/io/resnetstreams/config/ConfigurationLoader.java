package io.resnetstreams.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
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
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Lays the sources of the configuration over one another: the defaults, the file, the environment, {@code --set}. A key
 * that the defaults don't have, or a value of another kind, is an error that names where it came from.
 */
public final class ConfigurationLoader {
    static final String ENVIRONMENT_PREFIX = "RESNET_STREAMS_";
    private static final String KAFKA = "kafka";
    private static final String DEFAULTS = "/pipeline.yaml";

    private final ObjectNode merged = defaults();

    /** Returns the tree of all keys with their defaults. */
    static ObjectNode defaults() {
        try (InputStream stream = ConfigurationLoader.class.getResourceAsStream(DEFAULTS)) {
            return (ObjectNode) YamlFile.MAPPER.readTree(stream);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the built-in defaults", e);
        }
    }

    /** Lays a YAML file over what is there. */
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

    /** Lays the variables over it that begin with {@value #ENVIRONMENT_PREFIX}. */
    public ConfigurationLoader environment(Map<String, String> variables) {
        Map<String, String> keysByVariable =
                leaves(merged, "").stream().collect(Collectors.toMap(ConfigurationLoader::variable, key -> key));
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

    /** Lays {@code key=value} over it. */
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

    private static JsonNode likeDefault(JsonNode current, String key, String value, String origin) {
        if (current.isTextual()) {
            return TextNode.valueOf(value);
        }
        if (current.isBoolean()) {
            return truth(key, value, origin);
        }
        return current.isFloatingPointNumber() ? decimal(key, value, origin) : number(key, value, origin);
    }

    private static JsonNode truth(String key, String value, String origin) {
        return switch (value.strip()) {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            default -> throw UserErrorException.usage(
                    origin + ": " + key + " is '" + value + "'; true or false is needed");
        };
    }

    /** Returns the configuration. */
    public Configuration load() {
        Configuration configuration = bind();
        KafkaProperties.requireNames(configuration.kafka());
        return configuration;
    }

    private Configuration bind() {
        try {
            return YamlFile.MAPPER.treeToValue(merged, Configuration.class);
        } catch (InvalidFormatException e) {
            throw UserErrorException.usage(
                    path(e) + " is '" + e.getValue() + "'; " + kind(e.getTargetType()) + " is needed", e);
        } catch (JsonMappingException e) {
            Throwable cause = e.getCause();
            String message = cause instanceof IllegalArgumentException
                    ? cause.getMessage()
                    : path(e) + ": " + firstLine(e.getOriginalMessage());
            throw UserErrorException.usage(message, e);
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
            } else if (kafkaProperty || current.isObject() != value.isObject()) {
                String needed = kafkaProperty || !current.isObject() ? "a single value" : "a section with keys";
                // What stands in place of Kafka's properties may be a password.
                String found = key.equals(KAFKA) ? "no section" : describe(value);
                throw UserErrorException.usage(origin + ": " + key + " is " + found + "; " + needed + " is needed");
            } else if (current instanceof ObjectNode section) {
                overlay(section, value, key + ".", origin);
            } else if (current.isBoolean() != value.isBoolean()) {
                base.set(field.getKey(), likeDefault(current, key, value.asText(), origin));
            } else if (current.isFloatingPointNumber() && value.isIntegralNumber()) {
                // It stays a decimal, so that what is laid over it may have a fraction.
                base.set(field.getKey(), DoubleNode.valueOf(value.asDouble()));
            } else {
                base.set(field.getKey(), value);
            }
        }
    }

    private static String describe(JsonNode value) {
        if (value.isValueNode()) {
            return "'" + value.asText() + "'";
        }
        return value.isObject() ? "a section" : "a list";
    }

    private static JsonNode number(String key, String value, String origin) {
        try {
            return new ObjectMapper().getNodeFactory().numberNode(Long.parseLong(value.strip()));
        } catch (NumberFormatException e) {
            throw UserErrorException.usage(origin + ": " + key + " is '" + value + "'; a whole number is needed", e);
        }
    }

    private static JsonNode decimal(String key, String value, String origin) {
        try {
            return DoubleNode.valueOf(Double.parseDouble(value.strip()));
        } catch (NumberFormatException e) {
            throw UserErrorException.usage(origin + ": " + key + " is '" + value + "'; a number is needed", e);
        }
    }

    /** Names the keys of the section that was meant; all of them where there is no such section. */
    private static UserErrorException unknown(String key, String origin) {
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

    private static String path(JsonMappingException exception) {
        return exception.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
    }

    private static String kind(Class<?> type) {
        if (type == double.class) {
            return "a number";
        }
        return type == int.class || type == long.class ? "a whole number" : "a text";
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }
}
