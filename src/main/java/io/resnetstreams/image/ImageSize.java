package io.resnetstreams.image;

/** Width and height of an image in pixels, after its EXIF orientation was applied. */
public record ImageSize(int width, int height) {}
