package io.resnetstreams.common;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of files, in hexadecimal, and of other data. */
public final class Digests {
    private Digests() {}

    /** Returns a file's digest. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns one digest of several files' names and digests, in the order of the names. */
    public static String of(Map<String, String> digestsByName) {
        MessageDigest digest = sha256();
        new TreeMap<>(digestsByName)
                .forEach((name, value) -> digest.update((name + "=" + value + "\n").getBytes(UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Returns a new SHA-256 digest. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
