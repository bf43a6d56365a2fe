package io.resnetstreams.events;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages intact files: each gets one to three flips, cuts, splices, edited lengths or inserted tokens. */
public final class ByteMutator {
    private static final int MOST_STEPS = 3;
    private static final int MOST_FLIPS = 8;

    /** Most formats keep their sizes and counts within this header. */
    private static final int HEADER_BYTES = 256;

    /** Values at or next to the limits of 8, 16 and 32 bits. */
    private static final long[] LENGTHS = {
        0,
        1,
        2,
        0x7F,
        0x80,
        0xFF,
        0x100,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x10000,
        0xFF_FFFF,
        0x7FFF_FFFF,
        0x8000_0000L,
        0xFFFF_FFF4L,
        0xFFFF_FFFFL
    };

    private final List<byte[]> corpus;
    private final List<byte[]> tokens;

    /**
     * Creates a mutator of intact files.
     *
     * @param tokens byte sequences to insert, such as a format's keywords; may be empty
     */
    public ByteMutator(List<byte[]> corpus, List<byte[]> tokens) {
        this.corpus = List.copyOf(corpus);
        this.tokens = List.copyOf(tokens);
    }

    /** Returns a damaged file, which depends only on the random numbers. */
    public byte[] next(SplittableRandom random) {
        byte[] file = pick(corpus, random).clone();
        for (int step = random.nextInt(MOST_STEPS); step >= 0; step--) {
            file = mutate(file, random);
        }
        return file;
    }

    private byte[] mutate(byte[] file, SplittableRandom random) {
        if (file.length == 0) {
            return pick(corpus, random).clone();
        }
        return switch (random.nextInt(tokens.isEmpty() ? 6 : 8)) {
            case 0 -> flip(file, random);
            case 1 -> Arrays.copyOf(file, random.nextInt(file.length));
            case 2 -> splice(file, pick(corpus, random), random);
            case 3 -> editLength(file, random);
            case 4 -> without(file, random);
            case 5 -> repeat(file, random);
            default -> insert(file, random.nextInt(file.length + 1), pick(tokens, random));
        };
    }

    private static byte[] pick(List<byte[]> files, SplittableRandom random) {
        return files.get(random.nextInt(files.size()));
    }

    private static byte[] flip(byte[] file, SplittableRandom random) {
        for (int i = random.nextInt(MOST_FLIPS); i >= 0; i--) {
            file[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return file;
    }

    /** Overwrites a random range with bytes of another file. */
    private static byte[] splice(byte[] file, byte[] other, SplittableRandom random) {
        int length = random.nextInt(Math.min(other.length, file.length) + 1);
        int from = random.nextInt(other.length - length + 1);
        System.arraycopy(other, from, file, random.nextInt(file.length - length + 1), length);
        return file;
    }

    /** Overwrites one, two or four bytes, mostly near the beginning, with a number that is critical as a length. */
    private static byte[] editLength(byte[] file, SplittableRandom random) {
        int bytes = 1 << random.nextInt(3);
        boolean atStart = random.nextInt(4) > 0;
        int places = (atStart ? Math.min(file.length, HEADER_BYTES) : file.length) - bytes + 1;
        if (places <= 0) {
            return file;
        }
        long value =
                random.nextInt(3) == 0 ? file.length + random.nextInt(-4, 5) : LENGTHS[random.nextInt(LENGTHS.length)];
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
        boolean little = random.nextBoolean();
        number.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).putLong(value);
        System.arraycopy(number.array(), little ? 0 : Long.BYTES - bytes, file, random.nextInt(places), bytes);
        return file;
    }

    private static byte[] without(byte[] file, SplittableRandom random) {
        int from = random.nextInt(file.length);
        int to = random.nextInt(from, file.length + 1);
        byte[] shorter = Arrays.copyOf(file, file.length - (to - from));
        System.arraycopy(file, to, shorter, from, file.length - to);
        return shorter;
    }

    private static byte[] repeat(byte[] file, SplittableRandom random) {
        int from = random.nextInt(file.length);
        return insert(file, from, Arrays.copyOfRange(file, from, random.nextInt(from, file.length + 1)));
    }

    private static byte[] insert(byte[] file, int at, byte[] inserted) {
        ByteArrayOutputStream longer = new ByteArrayOutputStream(file.length + inserted.length);
        longer.write(file, 0, at);
        longer.writeBytes(inserted);
        longer.write(file, at, file.length - at);
        return longer.toByteArray();
    }
}
