package io.resnetstreams.events;

import java.util.Locale;

/** The encoding of an event, by its content type. */
enum ContentType {
    /** The first bytes of the value decide: the content type is missing, or says nothing. */
    UNKNOWN,
    /** An image file. */
    IMAGE,
    /** A JSON object. */
    JSON,
    /** A CloudEvent in structured mode, as JSON. */
    CLOUD_EVENT,
    /** URIs of images, a line each (RFC 2483). */
    URI_LIST,
    /** Avro or Protobuf, behind the framing of a schema registry. */
    FRAMED,
    /** Any other encoding. */
    OTHER;

    /** Returns the encoding, given a content type with parameters, in quotes or not; null if there is none. */
    static ContentType of(String contentType) {
        return switch (name(contentType)) {
            case "",
                    "*/*",
                    "*",
                    "application/*",
                    "application/octet-stream",
                    "binary/octet-stream",
                    "text/plain" -> UNKNOWN;
            case "application/json", "text/json" -> JSON;
            case "application/cloudevents+json" -> CLOUD_EVENT;
            case "text/uri-list" -> URI_LIST;
            case "application/avro",
                    "application/vnd.apache.avro",
                    "application/vnd.confluent.avro",
                    "avro/binary",
                    "application/protobuf",
                    "application/x-protobuf",
                    "application/vnd.google.protobuf",
                    "application/vnd.confluent.protobuf" -> FRAMED;
            default -> {
                String name = name(contentType);
                if (name.startsWith("image/") || name.equals("image")) {
                    yield IMAGE;
                }
                // Other encodings of CloudEvents, and batches of them, which the Kafka binding does not have.
                yield name.endsWith("+json") && !name.startsWith("application/cloudevents") ? JSON : OTHER;
            }
        };
    }

    /** Returns a content type in lower case, without parameters and quotes; empty if there is none. */
    static String name(String contentType) {
        if (contentType == null) {
            return "";
        }
        String bare = contentType.replace("\"", "").replace("'", "");
        return bare.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
