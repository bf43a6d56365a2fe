package io.resnetstreams.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Ways in which JPEG files are damaged or altered harmlessly. */
enum Damage {
    NONE {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return file.clone();
        }
    },
    CUT {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return Arrays.copyOf(file, random.nextInt(dataStart(file), file.length));
        }
    },
    CUT_NEAR_THE_END {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return ended(Arrays.copyOf(file, file.length - random.nextInt(1, 60)));
        }
    },
    CUT_AND_ENDED {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return ended(Arrays.copyOf(file, random.nextInt(dataStart(file), file.length)));
        }
    },
    ONE_BIT {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return flipped(file, random, 1);
        }
    },
    SOME_BITS {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return flipped(file, random, random.nextInt(2, 9));
        }
    },
    A_PIECE_MISSING {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            int from = random.nextInt(dataStart(file), file.length - 2);
            return without(file, from, Math.min(file.length - 2, from + random.nextInt(1, 200)));
        }
    },
    A_RUN_OF_ZEROS {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            byte[] zeros = file.clone();
            int from = random.nextInt(dataStart(file), file.length - 2);
            Arrays.fill(zeros, from, Math.min(file.length - 2, from + random.nextInt(2, 300)), (byte) 0);
            return zeros;
        }
    },
    A_RESTART_INTERVAL_MISSING {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            List<Integer> restarts = markers(file, 0xD0, 0xD7);
            if (restarts.size() < 2) {
                return CUT.apply(file, random);
            }
            int first = random.nextInt(restarts.size() - 1);
            return without(file, restarts.get(first), restarts.get(first + 1));
        }
    },
    A_SCAN_CUT {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            List<Integer> scans = scans(file);
            int start = scans.get(random.nextInt(scans.size())) + 14;
            int end = start;
            while (end < file.length - 2 && !(file[end] == (byte) 0xFF && file[end + 1] != 0)) {
                end++;
            }
            return end <= start ? CUT.apply(file, random) : without(file, random.nextInt(start, end), end);
        }
    },
    STRAY_BYTES_BEFORE_A_RESTART_AND_A_FLIP {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return flipped(STRAY_BYTES_BEFORE_A_MARKER.apply(file, random), random, 2);
        }
    },
    STRAY_BYTES_BEFORE_A_MARKER {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            List<Integer> places = markers(file, 0xC4, 0xDD);
            return with(file, places.get(random.nextInt(places.size())), random.nextInt(1, 20));
        }
    },
    STRAY_BYTES_BEFORE_THE_END {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            return with(file, file.length - 2, random.nextInt(1, 20));
        }
    },
    ANOTHER_JFIF_REVISION {
        @Override
        byte[] apply(byte[] file, SplittableRandom random) {
            byte[] other = file.clone();
            if (file[6] == 'J') {
                other[11] = (byte) random.nextInt(3, 100);
            }
            return other;
        }
    };

    abstract byte[] apply(byte[] file, SplittableRandom random);

    private static int dataStart(byte[] file) {
        return scans(file).get(0) + 14;
    }

    static List<Integer> scans(byte[] file) {
        return markers(file, 0xDA, 0xDA);
    }

    /** Returns the positions of all markers in a range of codes, in order. */
    private static List<Integer> markers(byte[] file, int first, int last) {
        List<Integer> places = new ArrayList<>();
        int at = 2;
        while (at < file.length - 1) {
            int marker = file[at + 1] & 0xFF;
            if (file[at] == (byte) 0xFF && marker >= first && marker <= last) {
                places.add(at);
            }
            boolean segment = file[at] == (byte) 0xFF && (marker > 0xD9 || marker >= 0xC0 && marker < 0xD0);
            at += segment ? 2 + ((file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF) : 1;
        }
        return places;
    }

    private static byte[] ended(byte[] file) {
        file[file.length - 2] = (byte) 0xFF;
        file[file.length - 1] = (byte) 0xD9;
        return file;
    }

    private static byte[] flipped(byte[] file, SplittableRandom random, int bits) {
        byte[] flipped = file.clone();
        for (int i = 0; i < bits; i++) {
            flipped[random.nextInt(dataStart(file), file.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] without(byte[] file, int from, int to) {
        byte[] shorter = Arrays.copyOf(file, file.length - (to - from));
        System.arraycopy(file, to, shorter, from, file.length - to);
        return shorter;
    }

    /** Inserts bytes that contain no marker. */
    private static byte[] with(byte[] file, int at, int count) {
        byte[] longer = Arrays.copyOf(file, file.length + count);
        Arrays.fill(longer, at, at + count, (byte) 0x55);
        System.arraycopy(file, at, longer, at + count, file.length - at);
        return longer;
    }
}
