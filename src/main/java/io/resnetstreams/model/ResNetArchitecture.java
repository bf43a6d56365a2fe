package io.resnetstreams.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A member of the ResNet family: He et al., "Deep Residual Learning for Image Recognition", as torchvision builds it.
 *
 * @param stages residual blocks in each stage; every stage but the first halves height and width and doubles the planes
 * @param planes the first stage's planes
 * @param groups groups of the 3×3 convolution (ResNeXt)
 * @param widthPerGroup planes of a group where the stage has 64 (ResNeXt, Wide ResNet)
 */
public record ResNetArchitecture(
        String name, Block block, Stem stem, List<Integer> stages, int planes, int groups, int widthPerGroup) {
    private static final Map<String, ResNetArchitecture> BY_NAME = new LinkedHashMap<>();

    static {
        register("resnet18", Block.BASIC, 2, 2, 2, 2);
        register("resnet34", Block.BASIC, 3, 4, 6, 3);
        register("resnet50", Block.BOTTLENECK, 3, 4, 6, 3);
        register("resnet101", Block.BOTTLENECK, 3, 4, 23, 3);
        register("resnet152", Block.BOTTLENECK, 3, 8, 36, 3);
        // Section 4.2: depth 6n + 2 for 32×32 images, with three stages of 16, 32 and 64 planes.
        for (int depth : new int[] {20, 32, 44, 56, 110}) {
            int blocks = (depth - 2) / 6;
            put(new ResNetArchitecture(
                    "resnet" + depth, Block.BASIC, Stem.SMALL, List.of(blocks, blocks, blocks), 16, 1, 64));
        }
    }

    /** The residual function. */
    public enum Block {
        /** Two 3×3 convolutions. */
        BASIC(1),
        /** 1×1, 3×3 with the stride ("v1.5"), and 1×1 to four times the planes. */
        BOTTLENECK(4);

        private final int expansion;

        Block(int expansion) {
            this.expansion = expansion;
        }

        /** Returns how many times the planes come out. */
        public int expansion() {
            return expansion;
        }
    }

    /** What stands before the residual blocks. */
    public enum Stem {
        /** 7×7 convolution with stride 2, then 3×3 maximum pooling with stride 2; for images of 224×224. */
        LARGE,
        /** 3×3 convolution; for images of about 32×32. */
        SMALL
    }

    public ResNetArchitecture {
        stages = List.copyOf(stages);
    }

    /**
     * Returns an architecture by name.
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists all
     */
    public static ResNetArchitecture of(String name) {
        ResNetArchitecture architecture = BY_NAME.get(name);
        if (architecture == null) {
            throw new IllegalArgumentException("architecture is '" + name + "'; allowed are "
                    + String.join(", ", new ArrayList<>(BY_NAME.keySet())));
        }
        return architecture;
    }

    /** Returns all known architectures. */
    public static Collection<ResNetArchitecture> all() {
        return List.copyOf(BY_NAME.values());
    }

    private static void register(String name, Block block, Integer... stages) {
        put(new ResNetArchitecture(name, block, Stem.LARGE, List.of(stages), 64, 1, 64));
    }

    private static void put(ResNetArchitecture architecture) {
        BY_NAME.put(architecture.name(), architecture);
    }
}
