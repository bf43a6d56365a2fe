package io.resnetstreams.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.resnetstreams.common.UserErrorException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a configuration file. It may contain only values, lists and sections: tags create no objects, and aliases, which
 * Jackson would read as their names, are refused. Errors neither quote the file, which may contain secrets, nor have a
 * cause that could quote it.
 */
final class YamlFile {
    static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private YamlFile() {}

    /** Returns the file as a tree; throws {@link UserErrorException} if it can't be read or is not YAML. */
    static JsonNode read(Path file) {
        try {
            refuseAliases(file);
            return MAPPER.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw unreadable(file, e.getLocation(), e.getOriginalMessage());
        } catch (IOException e) {
            throw UserErrorException.usage("--config " + file + ": " + e.getMessage(), e);
        }
    }

    private static void refuseAliases(Path file) throws IOException {
        try (YAMLParser parser = MAPPER.getFactory().createParser(file.toFile())) {
            while (parser.nextToken() != null) {
                if (parser.isCurrentAlias()) {
                    throw unreadable(file, parser.currentTokenLocation(), "aliases are not allowed");
                }
            }
        }
    }

    private static UserErrorException unreadable(Path file, JsonLocation location, String reason) {
        String place =
                location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        String problem = reason.lines().findFirst().orElse("");
        return UserErrorException.usage("--config " + file + ": not readable as YAML" + place + ": " + problem);
    }
}
