package io.resnetstreams.report;

import java.awt.Dimension;
import java.awt.Graphics2D;

/** A picture that is drawn, whatever it is drawn on. */
interface Drawing {
    /**
     * Returns its size in pixels.
     *
     * @param graphics whose fonts measure text
     */
    Dimension size(Graphics2D graphics);

    /** Draws it on a white ground, with its top left corner at the origin. */
    void draw(Graphics2D graphics);
}
