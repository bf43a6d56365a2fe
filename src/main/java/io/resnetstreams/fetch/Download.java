package io.resnetstreams.fetch;

import io.resnetstreams.common.Digests;
import io.resnetstreams.events.ImageReference;
import io.resnetstreams.events.RejectedEventException;
import io.resnetstreams.fetch.Store.Body;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Reads bodies into memory. The memory is reserved when the length is known from the headers, before the body is read; a body
 * of unknown length reserves the most that it may have. What an event says about its image is checked while it is read.
 *
 * <p>Threading: thread-safe.
 */
final class Download {
    private static final int CHUNK = 1 << 16;

    private final ByteBudget budget;
    private final long maxImageBytes;

    Download(ByteBudget budget, long maxImageBytes) {
        this.budget = budget;
        this.maxImageBytes = maxImageBytes;
    }

    /** Rejects a reference to an image that would be too large, before it is fetched. */
    void requireSize(ImageReference reference) throws RejectedEventException {
        if (reference.size() > maxImageBytes) {
            throw tooLarge(reference, "the event states " + reference.size() + " bytes");
        }
    }

    /** Reads a body to its end, or abandons it. */
    FetchedImage read(ImageReference reference, Body body, Attempt attempt)
            throws RejectedEventException, TemporaryFailureException, IOException, InterruptedException {
        boolean isRead = false;
        ByteBudget.Reservation reservation = null;
        try {
            requireLength(reference, body.length());
            attempt.suspend();
            reservation = budget.reserve(body.length() >= 0 ? body.length() : mostBytes(reference));
            attempt.resume();
            MessageDigest digest = Digests.sha256();
            byte[] bytes = body.length() >= 0
                    ? exactly((int) body.length(), body.stream(), digest)
                    : all(reference, body.stream(), digest);
            body.stream().close();
            String sha256 = HexFormat.of().formatHex(digest.digest());
            requireSame(reference, bytes.length, sha256);
            reservation.shrinkTo(bytes.length);
            isRead = true;
            return new FetchedImage(bytes, sha256, reservation);
        } finally {
            if (!isRead) {
                body.abandon().run();
                if (reservation != null) {
                    reservation.close();
                }
            }
        }
    }

    private long mostBytes(ImageReference reference) {
        return reference.size() >= 0 ? reference.size() : maxImageBytes;
    }

    private void requireLength(ImageReference reference, long stated) throws RejectedEventException {
        if (stated > maxImageBytes) {
            throw tooLarge(reference, "it has " + stated + " bytes");
        }
        if (stated == 0) {
            throw empty(reference);
        }
        if (stated > 0 && reference.size() >= 0 && stated != reference.size()) {
            throw sizeDiffers(reference, "it has " + stated);
        }
    }

    private static byte[] exactly(int length, InputStream stream, MessageDigest digest)
            throws TemporaryFailureException, IOException {
        byte[] bytes = new byte[length];
        int end = 0;
        while (end < length) {
            int read = stream.read(bytes, end, Math.min(CHUNK, length - end));
            if (read < 0) {
                throw new TemporaryFailureException(
                        "truncated", "the body ends after " + end + " of " + length + " bytes");
            }
            digest.update(bytes, end, read);
            end += read;
        }
        if (stream.read() >= 0) {
            throw new TemporaryFailureException("truncated", "the body has more than the stated " + length + " bytes");
        }
        return bytes;
    }

    private byte[] all(ImageReference reference, InputStream stream, MessageDigest digest)
            throws RejectedEventException, IOException {
        long most = mostBytes(reference);
        byte[] bytes = new byte[(int) Math.min(CHUNK, most + 1)];
        int end = 0;
        while (true) {
            int read = stream.read(bytes, end, Math.min(CHUNK, bytes.length - end));
            if (read < 0) {
                break;
            }
            digest.update(bytes, end, read);
            end += read;
            if (end > most) {
                throw reference.size() >= 0
                        ? sizeDiffers(reference, "it has more")
                        : tooLarge(reference, "it has more");
            }
            if (end == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(2L * end, most + 1));
            }
        }
        if (end == 0) {
            throw empty(reference);
        }
        return Arrays.copyOf(bytes, end);
    }

    private static void requireSame(ImageReference reference, int length, String sha256) throws RejectedEventException {
        if (reference.size() >= 0 && length != reference.size()) {
            throw sizeDiffers(reference, "it has " + length);
        }
        if (reference.sha256() != null && !reference.sha256().equalsIgnoreCase(sha256)) {
            throw UriText.rejection(
                    "digest_differs",
                    reference.uri(),
                    "the SHA-256 is " + sha256 + "; the event states " + reference.sha256());
        }
    }

    private RejectedEventException tooLarge(ImageReference reference, String what) {
        return UriText.rejection("too_large", reference.uri(), what + "; limits.maxImageBytes allows " + maxImageBytes);
    }

    private static RejectedEventException empty(ImageReference reference) {
        return UriText.rejection("empty", reference.uri(), "it has no bytes");
    }

    private static RejectedEventException sizeDiffers(ImageReference reference, String what) {
        return UriText.rejection("size_differs", reference.uri(), what + "; the event states " + reference.size());
    }
}
