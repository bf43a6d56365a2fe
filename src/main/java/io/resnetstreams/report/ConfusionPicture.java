package io.resnetstreams.report;

import io.resnetstreams.common.Text;
import io.resnetstreams.report.HeatMap.Cell;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A confusion matrix, or a table of the largest confusions if there are too many classes for a matrix. */
final class ConfusionPicture {
    /** More class names would not be legible. */
    private static final int MOST_IN_MATRIX = 100;

    private static final int ROWS = 40;

    private ConfusionPicture() {}

    private record Confusion(String actual, String predicted, int images, double share) {}

    /** @param counts images by true class (rows) and predicted class (columns) */
    static Drawing of(List<String> labels, int[][] counts) {
        return labels.size() <= MOST_IN_MATRIX
                ? matrix(labels, counts)
                : new Table(labels.size(), largest(labels, counts));
    }

    private static Drawing matrix(List<String> labels, int[][] counts) {
        return new HeatMap(
                "Predicted classes, in % of each true class",
                "true class", "predicted class", labels, (actual, predicted) -> {
                    int images = counts[actual][predicted];
                    double share = (double) images
                            / Math.max(1, Arrays.stream(counts[actual]).sum());
                    return new Cell(share, images == 0 ? "" : Text.decimal(share * 100, 1));
                });
    }

    private static List<Confusion> largest(List<String> labels, int[][] counts) {
        List<Confusion> confusions = new ArrayList<>();
        for (int actual = 0; actual < counts.length; actual++) {
            int sum = Arrays.stream(counts[actual]).sum();
            for (int predicted = 0; predicted < counts.length; predicted++) {
                int images = counts[actual][predicted];
                if (actual != predicted && images > 0) {
                    confusions.add(
                            new Confusion(labels.get(actual), labels.get(predicted), images, (double) images / sum));
                }
            }
        }
        return confusions.stream()
                .sorted(Comparator.comparingInt(Confusion::images)
                        .thenComparing(Confusion::share)
                        .reversed())
                .limit(ROWS)
                .toList();
    }

    private record Table(int classes, List<Confusion> rows) implements Drawing {
        private static final int LINE = 20;
        private static final int MARGIN = 16;
        private static final int COLUMN = 300;
        private static final int LONGEST_NAME = 42; // characters
        private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

        @Override
        public Dimension size(Graphics2D graphics) {
            return new Dimension(2 * MARGIN + 2 * COLUMN + 220, 2 * MARGIN + LINE * (rows.size() + 3));
        }

        @Override
        public void draw(Graphics2D graphics) {
            graphics.setColor(Color.BLACK);
            graphics.setFont(PLAIN.deriveFont(Font.BOLD, 14f));
            graphics.drawString(
                    rows.isEmpty()
                            ? "No image of the " + classes + " classes was misclassified"
                            : "The " + rows.size() + " largest confusions of " + classes + " classes",
                    MARGIN,
                    MARGIN + 12);
            graphics.setFont(PLAIN.deriveFont(Font.BOLD));
            row(graphics, 1, "true class", "predicted class", "images", "% of the true class");
            graphics.setFont(PLAIN);
            for (int i = 0; i < rows.size(); i++) {
                Confusion row = rows.get(i);
                row(
                        graphics,
                        i + 2,
                        row.actual(),
                        row.predicted(),
                        Integer.toString(row.images()),
                        Text.decimal(row.share() * 100, 1));
            }
        }

        private static void row(
                Graphics2D graphics, int line, String actual, String predicted, String images, String share) {
            int y = MARGIN + 12 + line * LINE;
            graphics.drawString(HeatMap.shown(actual, LONGEST_NAME), MARGIN, y);
            graphics.drawString(HeatMap.shown(predicted, LONGEST_NAME), MARGIN + COLUMN, y);
            int end = MARGIN + 2 * COLUMN + 60;
            graphics.drawString(images, end - graphics.getFontMetrics().stringWidth(images), y);
            graphics.drawString(share, end + 150 - graphics.getFontMetrics().stringWidth(share), y);
        }
    }
}
