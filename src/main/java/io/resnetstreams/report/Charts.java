package io.resnetstreams.report;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import io.resnetstreams.common.UserErrorException;
import io.resnetstreams.compare.ClassChanges;
import io.resnetstreams.model.train.ResNetTrainer.Epoch;
import io.resnetstreams.report.HeatMap.Cell;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts as SVG or PNG, depending on the file extension. */
public final class Charts {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 500;
    private static final int MOST_CHANGED_LABELS = 40;
    /** Colours for people with colour vision deficiency (Okabe and Ito). */
    private static final Color[] HUES = {
        new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7), new Color(0x7A6A00)
    };

    private Charts() {}

    /**
     * A metric of a training by epoch, for the training images and the held-out images.
     *
     * @param name of the network; empty if there is only one
     */
    public record LearningCurve(
            String name, List<Epoch> log, ToDoubleFunction<Epoch> training, ToDoubleFunction<Epoch> heldOut) {
        double[] values(ToDoubleFunction<Epoch> metric) {
            return log.stream().mapToDouble(metric).toArray();
        }
    }

    /** Requires a file name that ends in .svg or .png. */
    public static void requireFormat(String option, Path file) {
        if (!endsWith(file, ".svg") && !endsWith(file, ".png")) {
            throw UserErrorException.usage(option + " " + file + ": its ending must be .svg or .png");
        }
    }

    /**
     * Draws learning curves: for each network a dashed line for the training images and a solid line for the held-out
     * images.
     */
    public static void curves(Path file, String title, String yTitle, List<LearningCurve> curves) {
        XYChart chart = new XYChart(WIDTH, HEIGHT);
        chart.setTitle(title);
        chart.setXAxisTitle("epoch");
        chart.setYAxisTitle(yTitle);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        for (int i = 0; i < curves.size(); i++) {
            LearningCurve curve = curves.get(i);
            String of = curve.name().isEmpty() ? "" : curve.name() + ", ";
            double[] epochs = curve.values(Epoch::epoch);
            Color hue = HUES[i % HUES.length];
            XYSeries training = chart.addSeries(of + "training", epochs, curve.values(curve.training()));
            training.setMarker(SeriesMarkers.NONE);
            training.setLineColor(lighter(hue)).setLineStyle(SeriesLines.DASH_DASH);
            XYSeries heldOut = chart.addSeries(of + "held out", epochs, curve.values(curve.heldOut()));
            heldOut.setMarker(epochs.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE)
                    .setMarkerColor(hue);
            heldOut.setLineColor(hue).setLineStyle(SeriesLines.SOLID);
        }
        save(file, (out, format) -> ChartEncoder.saveChart(chart, out, format));
    }

    private static Color lighter(Color hue) {
        return new Color((hue.getRed() + 255) / 2, (hue.getGreen() + 255) / 2, (hue.getBlue() + 255) / 2);
    }

    /** Draws a confusion matrix; rows are true classes, columns predicted classes. */
    public static void confusion(Path file, List<String> labels, int[][] counts) {
        save(file, ConfusionPicture.of(labels, counts));
    }

    /** Draws the number of events by label in A (rows) and label in B (columns), for the labels that changed most. */
    public static void changes(Path file, String nameA, String nameB, ClassChanges changes) {
        List<String> labels = changes.mostChanged(MOST_CHANGED_LABELS);
        long most = 1;
        for (String from : labels) {
            for (String to : labels) {
                most = Math.max(most, changed(changes, from, to));
            }
        }
        double largest = most;
        save(
                file,
                new HeatMap(
                        "Labels that changed, in events",
                        "label in A: " + nameA,
                        "label in B: " + nameB,
                        labels,
                        (from, to) -> {
                            long count = changed(changes, labels.get(from), labels.get(to));
                            return new Cell(count / largest, count == 0 ? "" : Long.toString(count));
                        }));
    }

    /** Returns the number of events; unchanged labels are omitted, since they would make all others look empty. */
    private static long changed(ClassChanges changes, String from, String to) {
        return from.equals(to) ? 0 : changes.count(from, to);
    }

    private static void save(Path file, Drawing drawing) {
        save(file, (out, format) -> {
            Graphics2D measure = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            Dimension size = drawing.size(measure);
            measure.dispose();
            if (format.equals("svg")) {
                VectorGraphics2D graphics = new VectorGraphics2D();
                draw(graphics, drawing, size);
                Processors.get(format)
                        .getDocument(graphics.getCommands(), new PageSize(size.width, size.height))
                        .writeTo(out);
            } else {
                BufferedImage image = new BufferedImage(size.width, size.height, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
                draw(graphics, drawing, size);
                graphics.dispose();
                write(image, format, 0, out);
            }
        });
    }

    /** Writes an image in a format of ImageIO, with a quality between 0, the strongest compression, and 1. */
    public static void write(BufferedImage image, String format, float quality, OutputStream out) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(quality);
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
    }

    private static void draw(Graphics2D graphics, Drawing drawing, Dimension size) {
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, size.width, size.height);
        drawing.draw(graphics);
    }

    private interface Encoder {
        void write(OutputStream out, String format) throws IOException;
    }

    private static void save(Path file, Encoder encoder) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (OutputStream out = Files.newOutputStream(file)) {
                encoder.write(out, endsWith(file, ".svg") ? "svg" : "png");
            }
        } catch (IOException e) {
            throw UserErrorException.shortfall("cannot write " + file + ": " + e.getMessage(), e);
        } catch (LinkageError | InternalError e) {
            // The JRE has no fonts or lacks AWT's native libraries.
            throw UserErrorException.shortfall(
                    "cannot draw " + file + ": this Java has no fonts (Debian: fontconfig, libfreetype6): " + e, e);
        }
    }

    private static boolean endsWith(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
