package io.resnetstreams.common;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads JSON files from untrusted sources. Stateless. */
public final class JsonFile {
    /** The labels of 21,841 classes take about 2 MB. */
    private static final int MOST_BYTES = 32_000_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonFile() {}

    /** Reads a JSON object; the message of the exception names the file's format if it is known. */
    public static JsonNode read(Path file) throws InvalidModelException {
        try {
            byte[] bytes = BoundedFile.bytes(file, MOST_BYTES);
            ForeignFile.refuse(file, bytes, "JSON");
            JsonNode json = JSON.readTree(bytes);
            if (!json.isObject()) {
                throw new InvalidModelException(file + ": is not a JSON object");
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + ": is not JSON: " + e.getOriginalMessage(), e);
        } catch (NoSuchFileException e) {
            throw new InvalidModelException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw InvalidModelException.unreadable(file, e);
        }
    }
}
