package org.lightpipe.gpu.technique;

import java.util.List;

/** The picture that people see first. */
public sealed interface Preview {

    /**
     * An image in grey, from its 1st to its 99th percentile.
     *
     * @param pixels {@code [row][column]}; values that are not finite are black
     */
    record Image(float[][] pixels) implements Preview {}

    /**
     * Curves over one axis.
     *
     * @param title above the plot
     * @param x the label of the axis, with its unit
     * @param y the label of the other axis, with its unit
     * @param logarithmicX whether x grows by factors
     * @param logarithmicY whether y grows by factors
     * @param curves at most 16 are drawn
     */
    record Plot(String title, String x, String y, boolean logarithmicX, boolean logarithmicY, List<Curve> curves)
            implements Preview {}

    /**
     * @param name in the legend
     * @param x as many as y
     * @param y values that are not finite are left out
     */
    record Curve(String name, double[] x, double[] y) {}
}
