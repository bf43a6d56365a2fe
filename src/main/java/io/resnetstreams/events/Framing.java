package io.resnetstreams.events;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The bytes that a schema registry's serializers put before a value: a zero, and the schema's id in four bytes. */
final class Framing {
    static final int BYTES = 5;

    /** The header with the schema's GUID, in place of bytes before the value. */
    static final String GUID_HEADER = "__value_schema_id";

    private static final int LARGEST_ID = 10_000_000;
    /** Files that begin with zero: HEIC, AVIF, JPEG XL, JPEG 2000, video; icons. */
    private static final Pattern UNFRAMED =
            Pattern.compile("....(ftyp|JXL |jP  )|\\x00\\x00[\\x01\\x02]\\x00", Pattern.DOTALL);

    private Framing() {}

    /** Returns the schema's id if a value begins with one; no supported image begins with zero. */
    static OptionalInt schemaId(byte[] value) {
        if (value[0] != 0
                || value.length <= BYTES
                || UNFRAMED.matcher(ImageText.text(value, Math.min(value.length, 8)))
                        .lookingAt()) {
            return OptionalInt.empty();
        }
        int id = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
        return id > 0 && id <= LARGEST_ID ? OptionalInt.of(id) : OptionalInt.empty();
    }

    /** Returns bytes with the framing before them. */
    static byte[] framed(int schemaId, byte[] bytes) {
        return ByteBuffer.allocate(BYTES + bytes.length)
                .put((byte) 0)
                .putInt(schemaId)
                .put(bytes)
                .array();
    }
}
