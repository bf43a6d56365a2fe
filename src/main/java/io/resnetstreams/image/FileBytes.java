package io.resnetstreams.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.events.Stage;

/** Reads numbers from an image file; reading after its end means that the file is truncated. */
record FileBytes(byte[] data) {
    int length() {
        return data.length;
    }

    int u8(int at) throws RejectedEventException {
        require(at, 1);
        return data[at] & 0xFF;
    }

    int u16be(int at) throws RejectedEventException {
        return u8(at) << 8 | u8(at + 1);
    }

    int u16le(int at) throws RejectedEventException {
        return u8(at) | u8(at + 1) << 8;
    }

    int u24le(int at) throws RejectedEventException {
        return u16le(at) | u8(at + 2) << 16;
    }

    long u32be(int at) throws RejectedEventException {
        return (long) u16be(at) << 16 | u16be(at + 2);
    }

    long u32le(int at) throws RejectedEventException {
        return u16le(at) | (long) u16le(at + 2) << 16;
    }

    /** Returns whether the file contains these characters (of one byte each) at this offset. */
    boolean has(int at, String characters) {
        int count = characters.length();
        return at + count <= data.length && new String(data, at, count, ISO_8859_1).equals(characters);
    }

    void require(long at, long count) throws RejectedEventException {
        if (at < 0 || at + count > data.length) {
            throw truncated(
                    "the file ends after " + data.length + " bytes, but its structure needs at least " + (at + count));
        }
    }

    static RejectedEventException truncated(String reason) {
        return new RejectedEventException(Stage.DECODE, "truncated", reason);
    }

    static RejectedEventException unsupported(String reason) {
        return new RejectedEventException(Stage.DECODE, "unsupported", reason);
    }

    static RejectedEventException beyondLimits(String code, String reason) {
        return new RejectedEventException(Stage.LIMITS, code, reason);
    }

    static RejectedEventException corrupt(String reason) {
        return new RejectedEventException(Stage.DECODE, "corrupt", reason);
    }
}
