package io.resnetstreams.image;

/**
 * How a decoded image becomes the network's input, as torchvision defines it: {@code Resize(resizeShortEdge)} with
 * antialiasing, then {@code CenterCrop((height, width))}, which pads with black where the image is smaller.
 *
 * @param resizeShortEdge length in pixels that the shorter edge is scaled to, keeping the aspect ratio; 0 for none: the
 *     image is then scaled straight to {@code width × height} unless it has that size already
 * @param width of the result, in pixels
 * @param height of the result, in pixels
 */
public record Preprocessing(int resizeShortEdge, int width, int height) {
    /** Far above any network's input; keeps one image's pixels under 50 MB. */
    private static final int LONGEST_EDGE = 4096;

    public Preprocessing {
        require("width", width, 1);
        require("height", height, 1);
        require("resizeShortEdge", resizeShortEdge, 0);
    }

    private static void require(String name, int value, int least) {
        if (value < least || value > LONGEST_EDGE) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; allowed are " + least + " to " + LONGEST_EDGE + " pixels");
        }
    }

    /** Returns the width an image is scaled to before cropping; the long edge is rounded down, as torchvision does. */
    int scaledWidth(int imageWidth, int imageHeight) {
        if (resizeShortEdge == 0) {
            return width;
        }
        return imageWidth <= imageHeight ? resizeShortEdge : longEdge(imageWidth, imageHeight);
    }

    /** Returns the height an image is scaled to before cropping. */
    int scaledHeight(int imageWidth, int imageHeight) {
        if (resizeShortEdge == 0) {
            return height;
        }
        return imageHeight <= imageWidth ? resizeShortEdge : longEdge(imageHeight, imageWidth);
    }

    private int longEdge(int longer, int shorter) {
        return (int) ((long) resizeShortEdge * longer / shorter);
    }
}
