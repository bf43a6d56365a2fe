package io.resnetstreams.image;

/**
 * How a decoded image becomes the network's input, as torchvision defines it: {@code Resize(resizeShortEdge)} with
 * antialiasing, then {@code CenterCrop((height, width))}, which pads with black if the image is smaller.
 *
 * @param resizeShortEdge length in pixels that the shorter edge is scaled to, keeping the aspect ratio; 0 for none: the
 *     image is then scaled straight to {@code width × height} unless it has that size already
 */
public record Preprocessing(int resizeShortEdge, int width, int height) {
    /** Far larger than any network's input; limits the pixels of an image to about 50 MB. */
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
        return scaled(width, imageWidth, imageHeight);
    }

    int scaledHeight(int imageWidth, int imageHeight) {
        return scaled(height, imageHeight, imageWidth);
    }

    private int scaled(int straight, int edge, int other) {
        int shortOrLong = edge <= other ? resizeShortEdge : (int) ((long) resizeShortEdge * edge / other);
        return resizeShortEdge == 0 ? straight : shortOrLong;
    }
}
