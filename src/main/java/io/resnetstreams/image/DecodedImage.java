package io.resnetstreams.image;

/**
 * A whole decoded image.
 *
 * @param width in pixels, after the file's EXIF orientation was applied
 * @param height in pixels, after orientation
 * @param rgb {@code height × width × 3} unsigned bytes, row by row from the top left: red, green, blue
 */
public record DecodedImage(int width, int height, byte[] rgb) {}
