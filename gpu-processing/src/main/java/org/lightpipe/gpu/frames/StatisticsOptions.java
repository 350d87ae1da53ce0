package org.lightpipe.gpu.frames;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of {@code gpu:statistics}. */
@UriParams
public final class StatisticsOptions {

    private static final String LABEL = "statistics";

    @UriParam(
            label = LABEL,
            description = "The path of the images in the file; empty = the usual places, then the largest stack")
    private String dataset = "";

    @UriParam(
            label = LABEL,
            description = "This value and larger ones count as saturated; the largest of an unsigned type where it is"
                    + " not given")
    private Double saturation;

    @UriParam(
            label = LABEL,
            defaultValue = "10",
            description = "A pixel is hot if its mean is so many times that of its second brightest neighbour;"
                    + " 0 = do not look for hot and dead pixels")
    private double hotFactor = 10;

    /** @return the path of the images */
    public String getDataset() {
        return dataset;
    }

    /** @param value the path of the images */
    public void setDataset(String value) {
        dataset = value;
    }

    /** @return from which value on a pixel is saturated; null = by its type */
    public Double getSaturation() {
        return saturation;
    }

    /** @param value from which value on a pixel is saturated; null = by its type */
    public void setSaturation(Double value) {
        saturation = value;
    }

    /** @return how many times brighter than its neighbours a hot pixel is */
    public double getHotFactor() {
        return hotFactor;
    }

    /** @param value how many times brighter than its neighbours a hot pixel is */
    public void setHotFactor(double value) {
        hotFactor = value;
    }
}
