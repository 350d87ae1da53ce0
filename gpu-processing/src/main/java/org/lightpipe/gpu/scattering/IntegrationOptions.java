package org.lightpipe.gpu.scattering;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of {@code gpu:integrate}; pyFAI's names where it has them. */
@UriParams
public final class IntegrationOptions {

    private static final String LABEL = "integrate";

    @UriParam(label = LABEL, description = "The geometry: a .poni file as pyFAI's calibration writes it (required)")
    private String poni = "";

    @UriParam(label = LABEL, defaultValue = "1000", description = "How many bins the radial axis has")
    private int npt = 1000;

    @UriParam(
            label = LABEL,
            description = "How many bins the radial axis has with azimuthal=true; npt where it is not given")
    private Integer nptRad;

    @UriParam(label = LABEL, defaultValue = "360", description = "How many bins the azimuth has with azimuthal=true")
    private int nptAzim = 360;

    @UriParam(
            label = LABEL,
            defaultValue = "false",
            description =
                    "Whether to keep the azimuth: an image [azimuth][radial] for each frame instead " + "of a pattern")
    private boolean azimuthal = false;

    @UriParam(
            label = LABEL,
            defaultValue = "q_A^-1",
            enums = "q_A^-1,q_nm^-1,2th_deg,2th_rad,r_mm",
            description = "What the radial axis counts: momentum transfer in 1/Å or 1/nm, scattering angle, "
                    + "or distance from the beam")
    private String unit = "q_A^-1";

    @UriParam(
            label = LABEL,
            defaultValue = "bbox",
            enums = "no,bbox,full",
            description = "How a pixel is split over the bins that it covers: not at all, by its bounding "
                    + "box, or by its four corners")
    private String method = "bbox";

    @UriParam(
            label = LABEL,
            description = "An image whose pixels that are not 0 are left out: file.h5:/path, :/path in the "
                    + "input itself, .npy, .edf or .tif")
    private String mask = "";

    @UriParam(
            label = LABEL,
            description = "An image (or a stack, averaged) that is subtracted from each frame; forms as for " + "mask")
    private String dark = "";

    @UriParam(
            label = LABEL,
            description = "An image (or a stack, averaged) by which each frame is divided; forms as for " + "mask")
    private String flat = "";

    @UriParam(label = LABEL, defaultValue = "true", description = "Whether to divide by the solid angle of each pixel")
    private boolean correctSolidAngle = true;

    @UriParam(
            label = LABEL,
            description = "Divide by the polarisation: from -1 (vertical) over 0 (none) to 1 (horizontal); "
                    + "not corrected where it is not given")
    private Double polarizationFactor;

    @UriParam(
            label = LABEL,
            defaultValue = "none",
            enums = "none,poisson,azimuthal",
            description =
                    "Where errors come from: counting (poisson) or the spread of the pixels of a bin " + "(azimuthal)")
    private String errorModel = "none";

    @UriParam(
            label = LABEL,
            description = "From where to where the radial axis reaches, in its unit, such as 0.1,4.5; all "
                    + "of the frame where it is not given")
    private String radialRange = "";

    @UriParam(
            label = LABEL,
            description = "The sector that counts, from one angle to another in degrees, such as -30,30; "
                    + "across 180 as 150,210")
    private String azimuthRange = "";

    @UriParam(label = LABEL, description = "The value of pixels that do not count in a frame")
    private Double dummy;

    @UriParam(label = LABEL, description = "How far from dummy a value may be and still not count")
    private Double deltaDummy;

    @UriParam(
            label = LABEL,
            description = "This value and larger ones do not count; the largest of an unsigned type where "
                    + "it is not given, Infinity = all count")
    private Double saturation;

    @UriParam(label = LABEL, defaultValue = "1", description = "Everything is divided by it")
    private double normalizationFactor = 1;

    @UriParam(
            label = LABEL,
            description = "A dataset in the input with one number for each frame, by which the frame is " + "divided")
    private String monitor = "";

    @UriParam(
            label = LABEL,
            defaultValue = "0",
            description = "Sigma clipping: pixels farther from the mean of their bin than so many standard "
                    + "deviations are left out; 0 = no clipping")
    private double thresh = 0;

    @UriParam(label = LABEL, defaultValue = "5", description = "How often sigma clipping goes over a bin at most")
    private int maxIter = 5;

    @UriParam(label = LABEL, description = "The value of bins without any pixel; NaN where it is not given")
    private Double empty;

    @UriParam(
            label = LABEL,
            description = "The path of the frames in the file; empty = the usual places, then the largest " + "stack")
    private String dataset = "";

    /** @return poni */
    public String getPoni() {
        return poni;
    }

    /** @param value poni */
    public void setPoni(String value) {
        poni = value;
    }

    /** @return npt */
    public int getNpt() {
        return npt;
    }

    /** @param value npt */
    public void setNpt(int value) {
        npt = value;
    }

    /** @return nptRad */
    public Integer getNptRad() {
        return nptRad;
    }

    /** @param value nptRad */
    public void setNptRad(Integer value) {
        nptRad = value;
    }

    /** @return nptAzim */
    public int getNptAzim() {
        return nptAzim;
    }

    /** @param value nptAzim */
    public void setNptAzim(int value) {
        nptAzim = value;
    }

    /** @return azimuthal */
    public boolean isAzimuthal() {
        return azimuthal;
    }

    /** @param value azimuthal */
    public void setAzimuthal(boolean value) {
        azimuthal = value;
    }

    /** @return unit */
    public String getUnit() {
        return unit;
    }

    /** @param value unit */
    public void setUnit(String value) {
        unit = value;
    }

    /** @return method */
    public String getMethod() {
        return method;
    }

    /** @param value method */
    public void setMethod(String value) {
        method = value;
    }

    /** @return mask */
    public String getMask() {
        return mask;
    }

    /** @param value mask */
    public void setMask(String value) {
        mask = value;
    }

    /** @return dark */
    public String getDark() {
        return dark;
    }

    /** @param value dark */
    public void setDark(String value) {
        dark = value;
    }

    /** @return flat */
    public String getFlat() {
        return flat;
    }

    /** @param value flat */
    public void setFlat(String value) {
        flat = value;
    }

    /** @return correctSolidAngle */
    public boolean isCorrectSolidAngle() {
        return correctSolidAngle;
    }

    /** @param value correctSolidAngle */
    public void setCorrectSolidAngle(boolean value) {
        correctSolidAngle = value;
    }

    /** @return polarizationFactor */
    public Double getPolarizationFactor() {
        return polarizationFactor;
    }

    /** @param value polarizationFactor */
    public void setPolarizationFactor(Double value) {
        polarizationFactor = value;
    }

    /** @return errorModel */
    public String getErrorModel() {
        return errorModel;
    }

    /** @param value errorModel */
    public void setErrorModel(String value) {
        errorModel = value;
    }

    /** @return radialRange */
    public String getRadialRange() {
        return radialRange;
    }

    /** @param value radialRange */
    public void setRadialRange(String value) {
        radialRange = value;
    }

    /** @return azimuthRange */
    public String getAzimuthRange() {
        return azimuthRange;
    }

    /** @param value azimuthRange */
    public void setAzimuthRange(String value) {
        azimuthRange = value;
    }

    /** @return dummy */
    public Double getDummy() {
        return dummy;
    }

    /** @param value dummy */
    public void setDummy(Double value) {
        dummy = value;
    }

    /** @return deltaDummy */
    public Double getDeltaDummy() {
        return deltaDummy;
    }

    /** @param value deltaDummy */
    public void setDeltaDummy(Double value) {
        deltaDummy = value;
    }

    /** @return saturation */
    public Double getSaturation() {
        return saturation;
    }

    /** @param value saturation */
    public void setSaturation(Double value) {
        saturation = value;
    }

    /** @return normalizationFactor */
    public double getNormalizationFactor() {
        return normalizationFactor;
    }

    /** @param value normalizationFactor */
    public void setNormalizationFactor(double value) {
        normalizationFactor = value;
    }

    /** @return monitor */
    public String getMonitor() {
        return monitor;
    }

    /** @param value monitor */
    public void setMonitor(String value) {
        monitor = value;
    }

    /** @return thresh */
    public double getThresh() {
        return thresh;
    }

    /** @param value thresh */
    public void setThresh(double value) {
        thresh = value;
    }

    /** @return maxIter */
    public int getMaxIter() {
        return maxIter;
    }

    /** @param value maxIter */
    public void setMaxIter(int value) {
        maxIter = value;
    }

    /** @return empty */
    public Double getEmpty() {
        return empty;
    }

    /** @param value empty */
    public void setEmpty(Double value) {
        empty = value;
    }

    /** @return dataset */
    public String getDataset() {
        return dataset;
    }

    /** @param value dataset */
    public void setDataset(String value) {
        dataset = value;
    }
}
