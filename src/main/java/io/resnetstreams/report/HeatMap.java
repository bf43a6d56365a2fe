package io.resnetstreams.report;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A heat map with names of rows and columns. The cells are drawn as one image, which keeps the file small. */
record HeatMap(String title, String rowTitle, String columnTitle, List<String> names, Cells cells) implements Drawing {
    private static final Color FULL = new Color(0x2171B5);
    private static final Color LINES = new Color(0xD0D0D0);
    private static final int LONGEST_NAME = 28; // characters
    private static final int MARGIN = 16;
    private static final int TITLE = 22;
    private static final int SHADES = 33;
    private static final int SHOWN_TEXT = 20; // maximum number of columns with text

    /**
     * A cell.
     *
     * @param share from 0 (white) to 1 (full colour)
     */
    record Cell(double share, String text) {}

    /** Returns the cell of a row and a column. */
    @FunctionalInterface
    interface Cells {
        Cell at(int row, int column);
    }

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
        graphics.drawImage(image(layout.cell()), left, top, null);
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
        if (names.size() > SHOWN_TEXT) {
            return;
        }
        int cell = layout.cell();
        int middle = (cell + metrics.getAscent() - metrics.getDescent()) / 2;
        for (int row = 0; row < names.size(); row++) {
            for (int column = 0; column < names.size(); column++) {
                Cell shown = cells.at(row, column);
                graphics.setColor(shown.share() > 0.5 ? Color.WHITE : Color.BLACK);
                int x = left + column * cell + (cell - metrics.stringWidth(shown.text())) / 2;
                graphics.drawString(shown.text(), x, top + row * cell + middle);
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
    private BufferedImage image(int cell) {
        int[] shades = IntStream.range(0, SHADES).map(HeatMap::colour).toArray();
        IndexColorModel colours = new IndexColorModel(Byte.SIZE, SHADES, shades, 0, false, -1, DataBuffer.TYPE_BYTE);
        int side = cell * names.size();
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_INDEXED, colours);
        int[] samples = new int[cell * cell];
        for (int row = 0; row < names.size(); row++) {
            for (int column = 0; column < names.size(); column++) {
                Arrays.fill(samples, shade(cells.at(row, column).share()));
                image.getRaster().setSamples(column * cell, row * cell, cell, cell, 0, samples);
            }
        }
        return image;
    }

    /** Uses the square root to make small shares visible: a share of 0.01 has a tenth of the colour. */
    private static int shade(double share) {
        return (int) Math.ceil(Math.sqrt(Math.min(1, Math.max(0, share))) * (SHADES - 1));
    }

    private static int colour(int shade) {
        return new Color(mixed(FULL.getRed(), shade), mixed(FULL.getGreen(), shade), mixed(FULL.getBlue(), shade))
                .getRGB();
    }

    private static int mixed(int full, int shade) {
        return (int) Math.round(255 + (full - 255.0) * shade / (SHADES - 1));
    }

    private static String shown(String name) {
        return shown(name, LONGEST_NAME);
    }

    /** Returns a name that is at most this long. */
    static String shown(String name, int longest) {
        return name.length() <= longest ? name : name.substring(0, longest - 1) + "…";
    }
}
