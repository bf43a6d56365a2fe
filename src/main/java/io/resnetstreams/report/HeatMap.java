package io.resnetstreams.report;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.List;

/**
 * A heat map with names of rows and columns. The cells are drawn as one image, which keeps the file small.
 *
 * @param shares by row and column, from 0 (white) to 1 (full colour)
 * @param texts of the cells; null for none
 */
record HeatMap(
        String title, String rowTitle, String columnTitle, List<String> names, double[][] shares, String[][] texts)
        implements Drawing {
    private static final Color FULL = new Color(0x2171B5);
    private static final Color LINES = new Color(0xD0D0D0);
    private static final int LONGEST_NAME = 28; // characters
    private static final int MARGIN = 16;
    private static final int TITLE = 22;
    private static final int SHADES = 33;
    private static final int SHOWN_TEXT = 20; // maximum number of columns with text

    private record Layout(int cell, Font font, int namesWidth, int width, int height) {}

    @Override
    public Dimension size(Graphics2D graphics) {
        Layout layout = layout(graphics);
        return new Dimension(layout.width(), layout.height());
    }

    private Layout layout(Graphics2D graphics) {
        int count = names.size();
        int cell = count <= SHOWN_TEXT ? 44 : count <= 40 ? 22 : 13;
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, count <= 40 ? 12 : 10);
        FontMetrics metrics = graphics.getFontMetrics(font);
        int longest = names.stream()
                .mapToInt(name -> metrics.stringWidth(shown(name)))
                .max()
                .orElse(0);
        int edge = MARGIN + TITLE + longest + 8;
        int matrix = Math.max(cell * count, 240);
        return new Layout(cell, font, longest, edge + matrix + MARGIN, TITLE + edge + matrix + MARGIN);
    }

    @Override
    public void draw(Graphics2D graphics) {
        Layout layout = layout(graphics);
        int left = MARGIN + TITLE + layout.namesWidth() + 8;
        int top = TITLE + left;
        int side = layout.cell() * names.size();
        graphics.drawImage(cells(layout.cell()), left, top, null);
        graphics.setColor(LINES);
        graphics.drawRect(left, top, side, side);
        graphics.setColor(Color.BLACK);
        graphics.setFont(layout.font().deriveFont(Font.BOLD, 14f));
        graphics.drawString(title, MARGIN, MARGIN + 4);
        graphics.setFont(layout.font().deriveFont(Font.BOLD, 12f));
        graphics.drawString(columnTitle, left, TITLE + MARGIN + 10);
        turned(graphics, rowTitle, MARGIN + 10, top + Math.min(side, 240));
        graphics.setFont(layout.font());
        FontMetrics metrics = graphics.getFontMetrics(layout.font());
        int middle = (layout.cell() + metrics.getAscent() - metrics.getDescent()) / 2;
        for (int i = 0; i < names.size(); i++) {
            String name = shown(names.get(i));
            graphics.drawString(name, left - 4 - metrics.stringWidth(name), top + i * layout.cell() + middle);
            turned(graphics, name, left + i * layout.cell() + middle, top - 4);
        }
        drawTexts(graphics, layout, metrics, left, top);
    }

    private void drawTexts(Graphics2D graphics, Layout layout, FontMetrics metrics, int left, int top) {
        if (texts == null || names.size() > SHOWN_TEXT) {
            return;
        }
        int cell = layout.cell();
        int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
        for (int row = 0; row < names.size(); row++) {
            for (int column = 0; column < names.size(); column++) {
                String text = texts[row][column];
                graphics.setColor(shares[row][column] > 0.5 ? Color.WHITE : Color.BLACK);
                int x = left + column * cell + (cell - metrics.stringWidth(text)) / 2;
                graphics.drawString(text, x, top + row * cell + middle);
            }
        }
    }

    /** Draws vertical text. */
    private static void turned(Graphics2D graphics, String text, int x, int y) {
        graphics.translate(x, y);
        graphics.rotate(-Math.PI / 2);
        graphics.drawString(text, 0, 0);
        graphics.rotate(Math.PI / 2);
        graphics.translate(-x, -y);
    }

    /** The number of shades is limited, which keeps the file small. */
    private BufferedImage cells(int cell) {
        byte[] red = new byte[SHADES];
        byte[] green = new byte[SHADES];
        byte[] blue = new byte[SHADES];
        for (int shade = 0; shade < SHADES; shade++) {
            red[shade] = mixed(FULL.getRed(), shade);
            green[shade] = mixed(FULL.getGreen(), shade);
            blue[shade] = mixed(FULL.getBlue(), shade);
        }
        int side = cell * names.size();
        BufferedImage image = new BufferedImage(
                side, side, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(Byte.SIZE, SHADES, red, green, blue));
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.getRaster().setSample(x, y, 0, shade(shares[y / cell][x / cell]));
            }
        }
        return image;
    }

    /** Uses the square root to make small shares visible: a share of 0.01 has a tenth of the colour. */
    private static int shade(double share) {
        return (int) Math.ceil(Math.sqrt(Math.min(1, Math.max(0, share))) * (SHADES - 1));
    }

    private static byte mixed(int full, int shade) {
        return (byte) Math.round(255 + (full - 255.0) * shade / (SHADES - 1));
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }
}
