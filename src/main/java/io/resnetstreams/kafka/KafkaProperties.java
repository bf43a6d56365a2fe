package io.resnetstreams.kafka;

import io.resnetstreams.common.UserErrorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's own properties, which are configured under {@code kafka.}. */
public final class KafkaProperties {
    private static final List<String> PREFIXES = List.of(
            StreamsConfig.MAIN_CONSUMER_PREFIX,
            StreamsConfig.RESTORE_CONSUMER_PREFIX,
            StreamsConfig.GLOBAL_CONSUMER_PREFIX,
            StreamsConfig.CONSUMER_PREFIX,
            StreamsConfig.PRODUCER_PREFIX,
            StreamsConfig.ADMIN_CLIENT_PREFIX);

    /** Properties of a connection, except for the address. */
    private static final Pattern CONNECTION = Pattern.compile("(security|ssl|sasl)\\..*");

    private KafkaProperties() {}

    /** Loaded lazily, since most commands have no properties and should not wait for Kafka's definitions. */
    private static final class Known {
        private static final Logger LOG = LoggerFactory.getLogger(KafkaProperties.class);
        private static final Set<String> NAMES = Stream.of(
                        StreamsConfig.configDef().names(),
                        ProducerConfig.configNames(),
                        ConsumerConfig.configNames(),
                        AdminClientConfig.configNames())
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    /** Returns whether neither Kafka Streams nor a client has this property; a plug-in may have it, such as a login module. */
    static boolean isForeign(String fullName) {
        String name = withoutPrefix(fullName);
        return !Known.NAMES.contains(name)
                && !name.startsWith(StreamsConfig.TOPIC_PREFIX)
                && !name.startsWith(StreamsConfig.CLIENT_TAG_PREFIX);
    }

    /**
     * Rejects unknown properties of connections, since a misspelt one would make the connection less secure than intended,
     * and warns about other unknown properties.
     */
    public static void requireNames(Map<String, String> properties) {
        for (String fullName : properties.keySet()) {
            String name = withoutPrefix(fullName);
            if (name.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
                throw UserErrorException.usage("kafka." + fullName
                        + " can't be set; ${file:PATH:KEY}, ${dir:FOLDER:FILE} and ${env:NAME} work without it");
            }
            if (!isForeign(fullName)) {
                continue;
            }
            if (CONNECTION.matcher(name).matches()) {
                throw UserErrorException.usage("kafka." + fullName + ": Kafka's clients have no property '" + name
                        + "'; allowed are " + namesBeside(name));
            }
            Known.LOG.warn("kafka.{}: neither Kafka Streams nor a client has this property; it is passed on", fullName);
        }
    }

    /** Returns the known properties whose names begin with the same word. */
    private static String namesBeside(String name) {
        String word = name.substring(0, name.indexOf('.') + 1);
        return Known.NAMES.stream()
                .filter(known -> known.startsWith(word))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** Resolves references to secrets; throws UserErrorException for a missing secret or key store or a bad login. */
    public static Map<String, String> resolve(Map<String, String> properties) {
        Map<String, String> resolved = new SecretReferences(System.getenv()).resolve(properties);
        resolved.forEach((name, value) -> {
            switch (withoutPrefix(name)) {
                case SaslConfigs.SASL_JAAS_CONFIG -> requireReadable(name, value);
                case SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG -> {
                    if (!Files.isReadable(Path.of(value))) {
                        throw UserErrorException.usage(
                                "kafka." + name + " is '" + value + "'; the file does not exist or can't be read");
                    }
                }
                default -> {
                    // Kafka validates the rest.
                }
            }
        });
        return resolved;
    }

    /** Kafka's own message about an invalid login module may quote a part of the password. */
    private static void requireReadable(String name, String value) {
        try {
            JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(value)));
        } catch (RuntimeException e) {
            throw UserErrorException.usage("kafka." + name
                    + " is invalid (it is not shown, since it has a secret); the format is MODULE required NAME=\"VALUE\""
                    + " NAME=\"VALUE\"; with a semicolon at the end, and a backslash before each quote and backslash in a"
                    + " value");
        }
    }

    /** Returns the properties without those of connections, for a broker in this process. */
    public static Map<String, String> withoutConnection(Map<String, String> properties) {
        Map<String, String> rest = new HashMap<>(properties);
        rest.keySet().removeIf(name -> CONNECTION.matcher(withoutPrefix(name)).matches());
        return rest;
    }

    private static String withoutPrefix(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return name.substring(prefix.length());
            }
        }
        return name;
    }
}
