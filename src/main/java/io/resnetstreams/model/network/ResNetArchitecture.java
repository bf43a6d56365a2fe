package io.resnetstreams.model.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A network of the ResNet family: He et al., "Deep Residual Learning for Image Recognition", as in torchvision. A variant's
 * name is the network's name with suffixes: {@code _cifar} for a stem of one 3×3 convolution; {@code c} for the deep stem
 * and {@code d} for averaging shortcuts too, both from "Bag of Tricks" (He et al. 2018); {@code _v1} for the stride where
 * the paper has it; {@code _os16} and {@code _os8} for dilation instead of the last one or two strides. The last three do
 * not change the parameters.
 *
 * @param stages residual blocks in each stage; every stage but the first halves height and width and doubles the planes
 * @param groups groups of the 3×3 convolution (ResNeXt)
 * @param widthPerGroup planes per group in a stage of 64 planes (ResNeXt, Wide ResNet)
 * @param strideFirst whether a bottleneck has the stride on its first 1×1 convolution (the paper, Caffe, Keras) instead of
 *     its 3×3 convolution (torchvision, "v1.5")
 * @param dilatedStages number of last stages that dilate their 3×3 convolutions instead of halving height and width, as
 *     torchvision's {@code replace_stride_with_dilation}
 */
public record ResNetArchitecture(
        String name,
        Block block,
        Stem stem,
        Shortcut shortcut,
        List<Integer> stages,
        int planes,
        int groups,
        int widthPerGroup,
        boolean strideFirst,
        int dilatedStages) {
    private static final List<ResNetArchitecture> IMAGENET = List.of(
            imageNet("resnet18", Block.BASIC, 1, 64, 2, 2, 2, 2),
            imageNet("resnet34", Block.BASIC, 1, 64, 3, 4, 6, 3),
            imageNet("resnet50", Block.BOTTLENECK, 1, 64, 3, 4, 6, 3),
            imageNet("resnet101", Block.BOTTLENECK, 1, 64, 3, 4, 23, 3),
            imageNet("resnet152", Block.BOTTLENECK, 1, 64, 3, 8, 36, 3),
            imageNet("resnext50_32x4d", Block.BOTTLENECK, 32, 4, 3, 4, 6, 3),
            imageNet("resnext101_32x8d", Block.BOTTLENECK, 32, 8, 3, 4, 23, 3),
            imageNet("resnext101_64x4d", Block.BOTTLENECK, 64, 4, 3, 4, 23, 3),
            imageNet("wide_resnet50_2", Block.BOTTLENECK, 1, 128, 3, 4, 6, 3),
            imageNet("wide_resnet101_2", Block.BOTTLENECK, 1, 128, 3, 4, 23, 3));

    /** The depths in the paper's section 4.2; all others of the form 6n + 2 are allowed too. */
    private static final int[] CIFAR_DEPTHS = {20, 32, 44, 56, 110};

    private static final int CIFAR_PLANES = 16;
    private static final Pattern CIFAR_NAME = Pattern.compile("(resnet|plain)(\\d{1,4})(?:_w(\\d{1,3}))?(_a)?");
    private static final Pattern VARIANT_NAME = Pattern.compile("(.*?)(_v1)?(_os16|_os8)?");
    private static final Pattern STEM_NAME = Pattern.compile("(resnet\\d+)(c|d|_cifar)");
    private static final String VARIANT_FORM =
            "of the resnets NAMEc and NAMEd (deep stem; d with averaging shortcuts) and NAME_cifar (3×3 stem), of those"
                    + " with bottleneck blocks NAME_v1 (the stride on the first 1×1 convolution), NAME_os16 and NAME_os8"
                    + " (dilation instead of the last one or two strides), NAME_v1_os16 and NAME_v1_os8";
    private static final String CIFAR_FORM =
            "and for small images resnetD, with D = 6n + 2, plainD without shortcuts, each with _wN for N planes in the"
                    + " first stage (16), resnetD_a with shortcuts of option A";

    /** The residual function. */
    public enum Block {
        /** Two 3×3 convolutions. */
        BASIC,
        /** 1×1, 3×3, and 1×1 to four times the planes. */
        BOTTLENECK;

        /** Returns the ratio of output planes to the block's planes. */
        public int expansion() {
            return this == BASIC ? 1 : 4;
        }
    }

    /** The layers before the residual blocks. */
    public enum Stem {
        /** 7×7 convolution with stride 2, then 3×3 maximum pooling with stride 2; for images of 224×224. */
        LARGE,
        /** Three 3×3 convolutions, the first with stride 2, then the same pooling: ResNet-C and D. */
        DEEP,
        /** 3×3 convolution; for images of about 32×32. */
        SMALL
    }

    /** What is added to a block's output if its shape differs from the input's (section 3.3). */
    public enum Shortcut {
        /** Option B: a 1×1 convolution. */
        PROJECTION,
        /** Option B with the stride on 2×2 average pooling before the convolution: ResNet-D. */
        AVERAGE_PROJECTION,
        /** Option A, without parameters: every second row and column, with planes of zeros added on both sides. */
        PADDING,
        /** Nothing, and no identity shortcuts either: the paper's plain network. */
        NONE
    }

    /** @throws IllegalArgumentException if the block does not support the groups, the stride or the dilation */
    public ResNetArchitecture {
        stages = List.copyOf(stages);
        if (block == Block.BASIC && (groups != 1 || widthPerGroup != 64 || strideFirst || dilatedStages > 0)) {
            throw new IllegalArgumentException(
                    "architecture is '" + name + "': basic blocks do not support groups, other"
                            + " widths, dilation, or the stride on a 1×1 convolution; bottleneck blocks (resnet50 and deeper,"
                            + " resnext, wide_resnet) do");
        }
        if (dilatedStages < 0 || dilatedStages > 2 || dilatedStages > 0 && shortcut == Shortcut.AVERAGE_PROJECTION) {
            throw new IllegalArgumentException("architecture is '" + name
                    + "': only the last one or two stages (_os16, _os8) can be dilated, and not"
                    + " with the shortcuts of NAMEd, whose pooling has a stride");
        }
    }

    /** Returns an architecture; throws an {@link IllegalArgumentException} with the known names if the name is unknown. */
    public static ResNetArchitecture of(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("architecture is '" + name + "'; allowed are "
                        + IMAGENET.stream().map(ResNetArchitecture::name).collect(Collectors.joining(", ")) + ", "
                        + VARIANT_FORM + ", " + CIFAR_FORM));
    }

    /** Finds an architecture; throws an {@link IllegalArgumentException} for a variant that the network does not support. */
    public static Optional<ResNetArchitecture> find(String name) {
        Matcher matcher = VARIANT_NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean strideFirst = matcher.group(2) != null;
        int dilated = matcher.group(3) == null ? 0 : matcher.group(3).equals("_os16") ? 1 : 2;
        return plain(matcher.group(1))
                .map(plain -> plain.variant(name, plain.stem(), plain.shortcut(), strideFirst, dilated));
    }

    private static Optional<ResNetArchitecture> plain(String name) {
        Matcher matcher = STEM_NAME.matcher(name);
        if (!matcher.matches()) {
            return imageNet(name).or(() -> cifar(name));
        }
        String ending = matcher.group(2);
        Stem stem = ending.equals("_cifar") ? Stem.SMALL : Stem.DEEP;
        Shortcut shortcut = ending.equals("d") ? Shortcut.AVERAGE_PROJECTION : Shortcut.PROJECTION;
        return imageNet(matcher.group(1)).map(plain -> plain.variant(name, stem, shortcut, false, 0));
    }

    private static Optional<ResNetArchitecture> imageNet(String name) {
        return IMAGENET.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    private ResNetArchitecture variant(
            String otherName, Stem otherStem, Shortcut otherShortcut, boolean onFirst, int dilated) {
        return new ResNetArchitecture(
                otherName, block, otherStem, otherShortcut, stages, planes, groups, widthPerGroup, onFirst, dilated);
    }

    /** Returns the networks with the same names and shapes of parameters, which differ by strides only. */
    public List<ResNetArchitecture> twins() {
        if (block == Block.BASIC || strideFirst || dilatedStages > 0) {
            return List.of();
        }
        return (shortcut == Shortcut.AVERAGE_PROJECTION ? List.of("_v1") : List.of("_v1", "_os16", "_os8"))
                .stream().map(ending -> of(name + ending)).toList();
    }

    /** Returns the stride of a stage's first block, by the stage's index. */
    int strideOf(int stage) {
        return stage == 0 || isDilated(stage) ? 1 : 2;
    }

    /** Returns the dilation of a stage's 3×3 convolutions; its first block has that of the stage before. */
    int dilationOf(int stage) {
        int dilation = 1;
        for (int dilated = 0; dilated <= stage; dilated++) {
            dilation *= isDilated(dilated) ? 2 : 1;
        }
        return dilation;
    }

    private boolean isDilated(int stage) {
        return stage >= stages.size() - dilatedStages;
    }

    /** Returns the name of a network for small images; the paper's width is left out of the name. */
    public static String smallName(int depth, int planes, String form) {
        return "resnet" + depth + (planes == CIFAR_PLANES ? "" : "_w" + planes) + form;
    }

    /**
     * Returns the named networks, each before those that differ by strides only, then their variants with other stems, and
     * the paper's networks for small images in all three forms.
     */
    public static List<ResNetArchitecture> all() {
        List<ResNetArchitecture> all = new ArrayList<>();
        for (String ending : new String[] {"", "c", "d", "_cifar"}) {
            for (ResNetArchitecture plain : IMAGENET) {
                if (ending.isEmpty() || plain.name().matches("resnet\\d+")) {
                    ResNetArchitecture architecture = of(plain.name() + ending);
                    all.add(architecture);
                    all.addAll(ending.isEmpty() ? architecture.twins() : List.of());
                }
            }
        }
        for (String form : new String[] {"resnet%d", "resnet%d_a", "plain%d"}) {
            for (int depth : CIFAR_DEPTHS) {
                all.add(of(String.format(form, depth)));
            }
        }
        return List.copyOf(all);
    }

    /** Returns the number of layers with weights on the longest path, as the paper counts them. */
    public int layers() {
        int perBlock = block == Block.BASIC ? 2 : 3;
        return (stem == Stem.DEEP ? 4 : 2)
                + perBlock * stages.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns the edge of the images that the network was designed for: 224 or 32 pixels. */
    public int defaultInputSize() {
        return stem == Stem.SMALL ? 32 : 224;
    }

    private static ResNetArchitecture imageNet(
            String name, Block block, int groups, int widthPerGroup, Integer... stages) {
        return new ResNetArchitecture(
                name, block, Stem.LARGE, Shortcut.PROJECTION, List.of(stages), 64, groups, widthPerGroup, false, 0);
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
        // Option A adds half of the new planes on each side, so their number must be even.
        if (blocks < 1 || depth != 6 * blocks + 2 || planes < 1 || padded && (plain || planes % 2 != 0)) {
            return Optional.empty();
        }
        Shortcut shortcut = plain ? Shortcut.NONE : padded ? Shortcut.PADDING : Shortcut.PROJECTION;
        List<Integer> stages = List.of(blocks, blocks, blocks);
        return Optional.of(
                new ResNetArchitecture(name, Block.BASIC, Stem.SMALL, shortcut, stages, planes, 1, 64, false, 0));
    }
}
