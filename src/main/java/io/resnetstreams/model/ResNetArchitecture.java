package io.resnetstreams.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A member of the ResNet family: He et al., "Deep Residual Learning for Image Recognition", as torchvision builds it.
 *
 * @param stages residual blocks in each stage; every stage but the first halves height and width and doubles the planes
 * @param planes the first stage's planes
 * @param groups groups of the 3×3 convolution (ResNeXt)
 * @param widthPerGroup planes of a group where the stage has 64 (ResNeXt, Wide ResNet)
 */
public record ResNetArchitecture(
        String name,
        Block block,
        Stem stem,
        Shortcut shortcut,
        List<Integer> stages,
        int planes,
        int groups,
        int widthPerGroup) {
    private static final List<ResNetArchitecture> IMAGENET = List.of(
            imageNet("resnet18", Block.BASIC, 1, 64, 2, 2, 2, 2),
            imageNet("resnet34", Block.BASIC, 1, 64, 3, 4, 6, 3),
            imageNet("resnet50", Block.BOTTLENECK, 1, 64, 3, 4, 6, 3),
            imageNet("resnet101", Block.BOTTLENECK, 1, 64, 3, 4, 23, 3),
            imageNet("resnet152", Block.BOTTLENECK, 1, 64, 3, 8, 36, 3),
            imageNet("resnext50_32x4d", Block.BOTTLENECK, 32, 4, 3, 4, 6, 3),
            imageNet("resnext101_32x8d", Block.BOTTLENECK, 32, 8, 3, 4, 23, 3),
            imageNet("wide_resnet50_2", Block.BOTTLENECK, 1, 128, 3, 4, 6, 3),
            imageNet("wide_resnet101_2", Block.BOTTLENECK, 1, 128, 3, 4, 23, 3));

    /** The depths of the paper's section 4.2; any other of the form 6n + 2 is known too. */
    private static final int[] CIFAR_DEPTHS = {20, 32, 44, 56, 110};

    private static final int CIFAR_PLANES = 16;
    private static final Pattern CIFAR_NAME = Pattern.compile("(resnet|plain)(\\d{1,4})(?:_w(\\d{1,3}))?(_a)?");
    private static final String CIFAR_FORM =
            "and for small images resnetD, with D = 6n + 2, plainD without shortcuts, each with _wN for N planes in the"
                    + " first stage (16), resnetD_a with shortcuts of option A";

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

    /** What is added to a block's output where its shape differs from the input's (section 3.3). */
    public enum Shortcut {
        /** Option B: a 1×1 convolution. */
        PROJECTION,
        /** Option A, without parameters: every second row and column, and zeros for the new planes on both sides. */
        PADDING,
        /** Nothing, there and in every block: the paper's plain network. */
        NONE
    }

    public ResNetArchitecture {
        stages = List.copyOf(stages);
    }

    /**
     * Returns an architecture by name.
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists what there is
     */
    public static ResNetArchitecture of(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("architecture is '" + name + "'; allowed are "
                        + IMAGENET.stream().map(ResNetArchitecture::name).collect(Collectors.joining(", ")) + ", "
                        + CIFAR_FORM));
    }

    /** Returns an architecture by name, if there is one. */
    static Optional<ResNetArchitecture> find(String name) {
        return IMAGENET.stream()
                .filter(architecture -> architecture.name().equals(name))
                .findFirst()
                .or(() -> cifar(name));
    }

    /** Returns the name of a network for small images; the paper's width goes without saying. */
    static String smallName(int depth, int planes, String form) {
        return "resnet" + depth + (planes == CIFAR_PLANES ? "" : "_w" + planes) + form;
    }

    /** Returns the networks that have a name of their own, and the paper's for small images in all three forms. */
    public static List<ResNetArchitecture> all() {
        List<ResNetArchitecture> all = new ArrayList<>(IMAGENET);
        for (String form : new String[] {"resnet%d", "resnet%d_a", "plain%d"}) {
            for (int depth : CIFAR_DEPTHS) {
                all.add(of(String.format(form, depth)));
            }
        }
        return List.copyOf(all);
    }

    /** Returns the layers that have weights, counted as the paper counts: the longest way through the network. */
    public int layers() {
        int perBlock = block == Block.BASIC ? 2 : 3;
        return 2 + perBlock * stages.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the edge of the images it was made for: 224 or 32 pixels. */
    public int defaultInputSize() {
        return stem == Stem.LARGE ? 224 : 32;
    }

    private static ResNetArchitecture imageNet(
            String name, Block block, int groups, int widthPerGroup, Integer... stages) {
        return new ResNetArchitecture(
                name, block, Stem.LARGE, Shortcut.PROJECTION, List.of(stages), 64, groups, widthPerGroup);
    }

    private static Optional<ResNetArchitecture> cifar(String name) {
        Matcher matcher = CIFAR_NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int depth = Integer.parseInt(matcher.group(2));
        int blocks = (depth - 2) / 6;
        int planes = matcher.group(3) == null ? CIFAR_PLANES : Integer.parseInt(matcher.group(3));
        boolean plain = matcher.group(1).equals("plain");
        boolean padded = matcher.group(4) != null;
        // Option A puts half of the new planes on each side, so there must be an even number of them.
        if (blocks < 1 || depth != 6 * blocks + 2 || planes < 1 || padded && (plain || planes % 2 != 0)) {
            return Optional.empty();
        }
        Shortcut shortcut = plain ? Shortcut.NONE : padded ? Shortcut.PADDING : Shortcut.PROJECTION;
        List<Integer> stages = List.of(blocks, blocks, blocks);
        return Optional.of(new ResNetArchitecture(name, Block.BASIC, Stem.SMALL, shortcut, stages, planes, 1, 64));
    }
}
