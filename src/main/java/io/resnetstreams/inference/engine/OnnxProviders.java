package io.resnetstreams.inference.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How ONNX Runtime uses GPUs: its execution providers, of which the first takes every operator that it can, and the memory that
 * they may take.
 *
 * @param names the providers
 * @param maxGpuMemoryBytes the most memory that a network may allocate on a GPU; 0 for no limit
 */
public record OnnxProviders(List<Name> names, long maxGpuMemoryBytes) {
    /** CUDA without a limit, the default. */
    public static final OnnxProviders CUDA_ALONE = new OnnxProviders(List.of(Name.CUDA), 0);

    /** The lowest limit that leaves room for a small network. */
    private static final long LEAST_BYTES = 64L << 20;

    private static final long MOST_BYTES = 1L << 40;

    /** TensorRT leaves operators to CUDA that it does not know; CUDA leaves none to TensorRT. */
    private static final List<List<Name>> ALLOWED = List.of(List.of(Name.CUDA), List.of(Name.TENSORRT, Name.CUDA));

    /** An execution provider. */
    public enum Name {
        CUDA("CUDA"),
        TENSORRT("TensorRT");

        private final String title;

        Name(String title) {
            this.title = title;
        }

        /** Returns the provider's own name, for texts. */
        public String title() {
            return title;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public OnnxProviders {
        names = List.copyOf(names);
        if (maxGpuMemoryBytes != 0 && (maxGpuMemoryBytes < LEAST_BYTES || maxGpuMemoryBytes > MOST_BYTES)) {
            throw new IllegalArgumentException("maxGpuMemoryBytes is " + maxGpuMemoryBytes + "; allowed are 0 and "
                    + LEAST_BYTES + " to " + MOST_BYTES);
        }
    }

    /**
     * Reads a setting.
     *
     * @param list names of providers, separated by commas
     * @throws IllegalArgumentException if the list or the limit is not allowed; the message names the key
     */
    public static OnnxProviders of(String list, long maxGpuMemoryBytes) {
        List<String> given =
                Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        List<String> allowed = new ArrayList<>();
        for (List<Name> names : ALLOWED) {
            List<String> texts = names.stream().map(Name::toString).toList();
            if (texts.equals(given)) {
                return new OnnxProviders(names, maxGpuMemoryBytes);
            }
            allowed.add("'" + String.join(",", texts) + "'");
        }
        throw new IllegalArgumentException("providers is '" + list + "'; allowed are " + String.join(" and ", allowed));
    }

    /** Returns whether TensorRT is among them. */
    boolean hasTensorRt() {
        return names.contains(Name.TENSORRT);
    }
}
