package io.resnetstreams.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Hostile events, each with its expected outcome. */
final class HostileEvents {
    private static final Path BAD_IMAGES = Path.of("..", "shared", "bad-images");

    /** Pillow decodes this file, but libjpeg warns of invalid Huffman codes. */
    private static final String DAMAGED = "pillow_hopper_bad_exif.jpg";

    private static final int MEBIBYTE = 1 << 20;

    private final byte[] good;
    private final String base64;
    private final List<Case> cases = new ArrayList<>();

    /**
     * An event.
     *
     * @param stage of the dead letter; {@code label} if the event is valid, {@code any} for a dead letter of any stage,
     *     {@code either} for a label or a dead letter
     * @param timestamp null for the producer's default
     */
    record Case(String name, byte[] key, byte[] value, Headers headers, Long timestamp, String stage, String code) {
        @Override
        public String toString() {
            return name;
        }

        boolean isLabel() {
            return stage.equals("label");
        }

        /** Returns whether its bytes can't be compressed, which makes its record as large as they are. */
        boolean isIncompressible() {
            return name.startsWith("incompressible");
        }
    }

    private HostileEvents(byte[] good) {
        this.good = good;
        this.base64 = Base64.getEncoder().encodeToString(good);
    }

    /**
     * Returns all events.
     *
     * @param good an image file that gets a label
     * @param maxEventBytes the maximum size of an event
     */
    static List<Case> all(byte[] good, int maxEventBytes) throws IOException {
        HostileEvents events = new HostileEvents(good);
        events.addJson();
        events.addText();
        events.addRecords();
        events.addLarge(maxEventBytes);
        events.addFileNames();
        events.addBadImages();
        return events.cases;
    }

    private void add(String name, byte[] key, byte[] value, Headers headers, String stage, String code) {
        cases.add(new Case(name, key, value, headers, null, stage, code));
    }

    private void json(String name, String json, String stage, String code) {
        add(name, name.getBytes(UTF_8), json.getBytes(UTF_8), headers("application/json"), stage, code);
    }

    private static Headers headers(String contentType) {
        return new RecordHeaders().add("content-type", contentType.getBytes(UTF_8));
    }

    private String withImage(String fields) {
        return "{" + fields + ", \"image\": \"" + base64 + "\"}";
    }

    private void addJson() {
        json("plain JSON", withImage("\"id\": \"a\""), "label", null);
        json("unknown fields", withImage("\"attributes\": {\"a\": [1, null, \"ä\"]}"), "label", null);
        json("a whole surrogate pair", withImage("\"id\": \"\\ud83d\\ude00\""), "label", null);
        json("a control character in the id", withImage("\"id\": \"\\u0000\\n\""), "label", null);
        json("an id that is a number", withImage("\"id\": 5"), "label", null);
        json("an id that is null", withImage("\"id\": null"), "label", null);
        json("an id that is an object", withImage("\"id\": {\"a\": 1}"), "event", "id");
        json("an image that is a number", "{\"image\": 1e3}", "event", "image");
        json("an image that is an array", "{\"image\": [\"" + base64 + "\"]}", "event", "image");
        json("an array", "[" + withImage("\"id\": \"a\"") + "]", "event", "json");
        json("a string", "\"" + base64 + "\"", "event", "json");
        json("no image", "{\"id\": \"a\"}", "event", "no_image");
        json("an empty object", "{}", "event", "no_image");
        json("invalid Base64", "{\"image\": \"%%%\"}", "event", "base64");
        json("Base64 without padding", "{\"image\": \"AQI\"}", "decode", "unknown_format");
        json("an empty image", "{\"image\": \"\"}", "decode", "empty");
        json("two images", withImage("\"image\": \"\""), "event", "json");
        json("two ids", withImage("\"id\": \"a\", \"id\": \"b\""), "event", "json");
        json("NaN", withImage("\"n\": NaN"), "label", null);
        json("half a surrogate pair", withImage("\"id\": \"\\ud83d\""), "label", null);
        json("the other half", withImage("\"id\": \"x\\ude00x\""), "label", null);
        json("deep arrays", withImage("\"a\": " + "[".repeat(100_000)), "event", "json_too_deep");
        json("deep objects", "{\"a\":".repeat(100_000), "event", "json_too_deep");
        json(
                "a huge string",
                withImage("\"a\": \"" + "s".repeat(2 * MEBIBYTE) + "\""),
                "event",
                "json_string_too_long");
        json("a huge name", withImage("\"" + "n".repeat(2 * MEBIBYTE) + "\": 1"), "event", "json_string_too_long");
        json("a huge number", withImage("\"a\": " + "9".repeat(100_000)), "event", "json_number_too_long");
        json("an id of 1 MB", withImage("\"id\": \"" + "i".repeat(MEBIBYTE) + "\""), "event", "id_too_long");
    }

    private void addText() {
        String plain = withImage("\"id\": \"a\"");
        json("trailing garbage", plain + "garbage", "event", "json");
        json("two objects", plain + plain, "event", "json");
        json("cut in the middle", plain.substring(0, plain.length() / 2), "event", "json");
        json("white space alone", "  \n", "event", "json");
        byte[] marked = ("\uFEFF" + plain).getBytes(UTF_8);
        add("a byte order mark", "bom".getBytes(UTF_8), marked, headers("application/json"), "label", null);
        add("a byte order mark without content type", null, marked, new RecordHeaders(), "label", null);
        add("UTF-16", null, plain.getBytes(UTF_16BE), headers("application/json"), "label", null);
        add("invalid UTF-8", null, replaced(plain, 0xFF), headers("application/json"), "event", "json");
        add(
                "half a surrogate pair in UTF-8",
                null,
                plain.replace("\"a\"", "\"\u00ED\u00A0\u0080\"").getBytes(ISO_8859_1),
                headers("application/json"),
                "event",
                "json");
        add("cut UTF-8", null, replaced(plain, 0xC3), headers("application/json"), "event", "json");
    }

    /** Replaces a byte in the id of a JSON event. */
    private static byte[] replaced(String json, int value) {
        byte[] bytes = json.getBytes(UTF_8);
        bytes[json.indexOf("\"a\"") + 1] = (byte) value;
        return bytes;
    }

    private void addRecords() {
        byte[] key = "key".getBytes(UTF_8);
        add("a null value", key, null, headers("image/png"), "event", "empty");
        add("an empty value", key, new byte[0], headers("image/png"), "event", "empty");
        add("null key and value", null, null, new RecordHeaders(), "event", "empty");
        add("a null key", null, good, headers("image/png"), "label", null);
        add("an empty key", new byte[0], good, headers("image/png"), "label", null);
        add(
                "a key that is not text",
                new byte[] {(byte) 0xFF, 0, (byte) 0xC3},
                good,
                headers("image/png"),
                "label",
                null);
        add("no headers", key, good, new RecordHeaders(), "label", null);
        add("an empty content type", key, good, headers(""), "label", null);
        add("another content type", key, good, headers("text/html"), "event", "content_type");
        add("an image said to be JSON", key, good, headers("application/json"), "event", "json");
        add("a header without value", key, good, new RecordHeaders().add("content-type", null), "label", null);
        add("a cut image", key, Arrays.copyOf(good, good.length - 40), headers("image/png"), "decode", "truncated");
        Headers forged = headers("image/png")
                .add("resnet-streams.stage", "classify".getBytes(UTF_8))
                .add("__streams.errors.offset", "-5".getBytes(UTF_8))
                .add("resnet-streams.code", null);
        add("headers of a dead letter", key, new byte[] {1, 2}, forged, "decode", "unknown_format");
        Headers many = headers("image/png");
        for (int i = 0; i < 20_000; i++) {
            many.add("h", new byte[] {(byte) i});
        }
        add("many headers", key, good, many, "label", null);
        cases.add(new Case("no timestamp", key, good, headers("image/png"), -1L, "label", null));
        cases.add(new Case("the year 1970", key, new byte[] {1}, headers("image/png"), 0L, "decode", "unknown_format"));
    }

    private void addLarge(int maxEventBytes) {
        byte[] key = "large".getBytes(UTF_8);
        byte[] zeros = new byte[20_000_000];
        add("a key of 1 MB", new byte[MEBIBYTE], good, headers("image/png"), "event", "id_too_long");
        add("13 MB of zeros", key, new byte[13_000_000], headers("image/png"), "limits", "too_many_bytes");
        add("15 MB of zeros as JSON", key, new byte[15_000_000], headers("application/json"), "event", "json");
        add("20 MB of zeros", key, zeros, headers("image/png"), "limits", "event_too_large");
        add("a key of 20 MB", zeros, good, headers("image/png"), "limits", "event_too_large");
        add("20 MB of headers", key, good, new RecordHeaders().add("h", zeros), "limits", "event_too_large");
        // Its label and its dead letter are larger than the event itself.
        byte[] small = withImage("\"id\": \"k\"").getBytes(UTF_8);
        byte[] largestKey = new byte[maxEventBytes - small.length - 200];
        new SplittableRandom(1).nextBytes(largestKey);
        add("incompressible key of the largest size", largestKey, small, new RecordHeaders(), "label", null);
        add(
                "incompressible key and no image",
                largestKey,
                "{}".getBytes(UTF_8),
                new RecordHeaders(),
                "event",
                "no_image");
    }

    /** Adds keys and ids that look like paths. */
    private void addFileNames() {
        for (String name :
                List.of("../../escaped", "/tmp/escaped", "a\0b", "same", "same", "n".repeat(4_000), ".", "~")) {
            Headers headers = headers("image/png").add("id", name.getBytes(UTF_8));
            add(
                    "file name " + name.replace('\0', '0'),
                    name.getBytes(UTF_8),
                    "none".getBytes(UTF_8),
                    headers,
                    "decode",
                    "unknown_format");
        }
    }

    private void addBadImages() throws IOException {
        Path expected = BAD_IMAGES.resolve("expected.tsv");
        if (!Files.exists(expected)) {
            System.out.println(
                    "HostileEventsIT runs without difficult images, since this file is missing: " + expected);
            return;
        }
        try (Stream<String> lines = Files.lines(expected)) {
            for (String line : lines.skip(1).toList()) {
                String[] fields = line.split("\t");
                String stage = fields[1].equals("reject") || fields[0].equals(DAMAGED) ? "any" : fields[1];
                byte[] file = Files.readAllBytes(BAD_IMAGES.resolve(fields[0]));
                add(fields[0], fields[0].getBytes(UTF_8), file, headers("image/*"), stage, null);
            }
        }
    }
}
