package io.resnetstreams.report;

import java.awt.Dimension;
import java.awt.Graphics2D;

/** A picture that can be drawn on any graphics device. */
interface Drawing {
    /**
     * Returns the size in pixels.
     *
     * @param graphics measures text
     */
    Dimension size(Graphics2D graphics);

    /** Draws the picture on a white background, with its top left corner at the origin. */
    void draw(Graphics2D graphics);
}
