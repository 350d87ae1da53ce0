package org.lightpipe.gpu;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lightpipe.gpu.technique.Preview.Curve;
import org.lightpipe.gpu.technique.Preview.Plot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws curves as a PNG, with axes and a legend; without words on a machine that has no fonts. */
final class PlotImage {

    private static final Logger LOG = LoggerFactory.getLogger(PlotImage.class);

    private static final int WIDTH = 960;
    private static final int HEIGHT = 640;
    private static final int LEFT = 90;
    private static final int RIGHT = 24;
    private static final int TOP = 48;
    private static final int BOTTOM = 64;
    private static final int LEGEND = 180;
    private static final int LINE = 20;
    private static final int TEXT = 14;
    private static final int MOST_CURVES = 16;
    private static final int LONGEST_NAME = 20;

    /** Above, marks would hide the line. */
    private static final int MOST_MARKS = 200;

    private static final Color GRID = new Color(0xe4e4e4);
    private static final Color INK = new Color(0x303030);

    private final Plot plot;
    private final List<Curve> curves;
    private final Graphics2D canvas;
    private final PlotAxis x;
    private final PlotAxis y;
    private final boolean legend;
    private final boolean words;

    private PlotImage(Plot plot, Graphics2D canvas) {
        this.plot = plot;
        this.canvas = canvas;
        this.curves = plot.curves().stream().limit(MOST_CURVES).toList();
        this.legend = curves.stream().anyMatch(curve -> !curve.name().isBlank());
        int right = WIDTH - RIGHT - (legend ? LEGEND : 0);
        this.x = PlotAxis.around(
                curves.stream().flatMapToDouble(curve -> Arrays.stream(curve.x())), plot.logarithmicX(), LEFT, right);
        this.y = PlotAxis.around(
                curves.stream().flatMapToDouble(curve -> Arrays.stream(curve.y())),
                plot.logarithmicY(),
                HEIGHT - BOTTOM,
                TOP);
        this.words = hasFonts(canvas);
    }

    static void write(Plot plot, Path png) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            new PlotImage(plot, canvas).draw();
        } finally {
            canvas.dispose();
        }
        Png.write(image, png);
    }

    /** A Java without any font says so with an Error, or with one of several exceptions. */
    private static boolean hasFonts(Graphics2D canvas) {
        try {
            canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, TEXT));
            return canvas.getFontMetrics().stringWidth("0") > 0;
        } catch (Exception | Error e) {
            LOG.warn("plots have no words, because this machine has no fonts: {}", e.toString());
            return false;
        }
    }

    private void draw() {
        canvas.setColor(Color.WHITE);
        canvas.fill(new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        grid();
        canvas.clip(area());
        for (int i = 0; i < curves.size(); i++) {
            canvas.setColor(color(i));
            curve(curves.get(i));
        }
        canvas.setClip(null);
        canvas.setColor(INK);
        canvas.setStroke(new BasicStroke(1));
        canvas.draw(area());
        if (words) {
            labels();
        }
    }

    private Rectangle2D area() {
        return new Rectangle2D.Double(x.from(), y.to(), x.to() - x.from(), y.from() - y.to());
    }

    private void grid() {
        canvas.setColor(GRID);
        canvas.setStroke(new BasicStroke(1));
        for (double tick : x.ticks()) {
            canvas.draw(new Line2D.Double(x.at(tick), y.from(), x.at(tick), y.to()));
        }
        for (double tick : y.ticks()) {
            canvas.draw(new Line2D.Double(x.from(), y.at(tick), x.to(), y.at(tick)));
        }
    }

    private void curve(Curve curve) {
        int points = Math.min(curve.x().length, curve.y().length);
        Path2D line = new Path2D.Double();
        boolean drawing = false;
        canvas.setStroke(new BasicStroke(1.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        for (int i = 0; i < points; i++) {
            if (!x.shows(curve.x()[i]) || !y.shows(curve.y()[i])) {
                drawing = false;
                continue;
            }
            double column = x.at(curve.x()[i]);
            double row = y.at(curve.y()[i]);
            if (drawing) {
                line.lineTo(column, row);
            } else {
                line.moveTo(column, row);
            }
            drawing = true;
            if (points <= MOST_MARKS) {
                canvas.fill(new Ellipse2D.Double(column - 2.5, row - 2.5, 5, 5));
            }
        }
        canvas.draw(line);
    }

    private void labels() {
        canvas.setColor(INK);
        canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, TEXT + 2));
        middle(plot.title(), (LEFT + x.to()) / 2, TOP - 18);
        canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, TEXT));
        for (double tick : x.ticks()) {
            middle(PlotAxis.text(tick), x.at(tick), y.from() + LINE);
        }
        for (double tick : y.ticks()) {
            String text = PlotAxis.text(tick);
            canvas.drawString(text, (float) (LEFT - 8 - width(text)), (float) y.at(tick) + TEXT / 3f);
        }
        middle(plot.x(), (LEFT + x.to()) / 2, HEIGHT - 16);
        double turned = -Math.PI / 2;
        canvas.rotate(turned, 22, (y.from() + y.to()) / 2);
        middle(plot.y(), 22, (y.from() + y.to()) / 2);
        canvas.rotate(-turned, 22, (y.from() + y.to()) / 2);
        if (legend) {
            legend();
        }
    }

    private void legend() {
        double left = x.to() + 16;
        for (int i = 0; i < curves.size(); i++) {
            double middle = TOP + 12 + i * (double) LINE;
            canvas.setColor(color(i));
            canvas.setStroke(new BasicStroke(3));
            canvas.draw(new Line2D.Double(left, middle, left + 20, middle));
            canvas.setColor(INK);
            String name = curves.get(i).name();
            canvas.drawString(
                    name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME - 1) + "…" : name,
                    (float) left + 26,
                    (float) middle + TEXT / 3f);
        }
        int more = plot.curves().size() - curves.size();
        if (more > 0) {
            canvas.drawString("and " + more + " more", (float) left + 26, TOP + 12 + curves.size() * LINE + TEXT / 3f);
        }
    }

    private void middle(String text, double column, double row) {
        canvas.drawString(text, (float) (column - width(text) / 2.0), (float) row);
    }

    private int width(String text) {
        return canvas.getFontMetrics().stringWidth(text);
    }

    /** Colours that are far apart: around the circle by the golden angle, every other one darker. */
    private static Color color(int curve) {
        float hue = (0.58f + curve * 0.381966f) % 1;
        return Color.getHSBColor(hue, 0.85f, curve % 2 == 0 ? 0.8f : 0.55f);
    }
}
