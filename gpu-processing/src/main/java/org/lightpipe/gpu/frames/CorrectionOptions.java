package org.lightpipe.gpu.frames;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of {@code gpu:correct}. */
@UriParams
public final class CorrectionOptions {

    private static final String LABEL = "correct";

    @UriParam(
            label = LABEL,
            description = "The path of the frames in the file; empty = the usual places, then the largest stack")
    private String dataset = "";

    @UriParam(
            label = LABEL,
            description = "An image (or a stack, averaged) that is subtracted from each frame: file.h5:/path, :/path in"
                    + " the input itself, .npy, .edf or .tif")
    private String dark = "";

    @UriParam(
            label = LABEL,
            description = "An image (or a stack, averaged) by which each frame is divided; forms as for dark")
    private String flat = "";

    @UriParam(
            label = LABEL,
            description = "An image whose pixels that are not 0 do not count, such as the pixel_mask of gpu:statistics;"
                    + " forms as for dark")
    private String mask = "";

    @UriParam(
            label = LABEL,
            defaultValue = "nan",
            enums = "nan,zero,median",
            description = "What pixels become that do not count: no number, 0, or the median of their neighbours")
    private String fill = "nan";

    @UriParam(
            label = LABEL,
            description = "The part of the frame that is kept, as rows,columns counted from 0, the end left out, such"
                    + " as 100:356,0:512; all of it where it is not given")
    private String roi = "";

    @UriParam(
            label = LABEL,
            defaultValue = "1",
            description = "How many pixels in both directions become one; what is left at the end is cut off")
    private int binning = 1;

    @UriParam(
            label = LABEL,
            defaultValue = "sum",
            enums = "sum,mean",
            description = "What the pixels that become one are: their sum (scaled up where some do not count), or"
                    + " their mean")
    private String binningMode = "sum";

    @UriParam(
            label = LABEL,
            description = "This value and larger ones do not count; the largest of an unsigned type where it is not"
                    + " given, Infinity = all count")
    private Double saturation;

    /** @return the path of the frames */
    public String getDataset() {
        return dataset;
    }

    /** @param value the path of the frames */
    public void setDataset(String value) {
        dataset = value;
    }

    /** @return what is subtracted */
    public String getDark() {
        return dark;
    }

    /** @param value what is subtracted */
    public void setDark(String value) {
        dark = value;
    }

    /** @return what is divided by */
    public String getFlat() {
        return flat;
    }

    /** @param value what is divided by */
    public void setFlat(String value) {
        flat = value;
    }

    /** @return what does not count */
    public String getMask() {
        return mask;
    }

    /** @param value what does not count */
    public void setMask(String value) {
        mask = value;
    }

    /** @return what pixels become that do not count */
    public String getFill() {
        return fill;
    }

    /** @param value what pixels become that do not count */
    public void setFill(String value) {
        fill = value;
    }

    /** @return the part that is kept */
    public String getRoi() {
        return roi;
    }

    /** @param value the part that is kept */
    public void setRoi(String value) {
        roi = value;
    }

    /** @return how many pixels become one */
    public int getBinning() {
        return binning;
    }

    /** @param value how many pixels become one */
    public void setBinning(int value) {
        binning = value;
    }

    /** @return sum or mean */
    public String getBinningMode() {
        return binningMode;
    }

    /** @param value sum or mean */
    public void setBinningMode(String value) {
        binningMode = value;
    }

    /** @return from which value on a pixel does not count; null = by its type */
    public Double getSaturation() {
        return saturation;
    }

    /** @param value from which value on a pixel does not count; null = by its type */
    public void setSaturation(Double value) {
        saturation = value;
    }
}
