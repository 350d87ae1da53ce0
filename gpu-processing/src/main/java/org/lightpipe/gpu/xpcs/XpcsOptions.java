package org.lightpipe.gpu.xpcs;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of {@code gpu:xpcs}, named as boost_corr names them. */
@UriParams
public final class XpcsOptions {

    @UriParam(
            label = "xpcs",
            description = "Path of the HDF5 file with /qmap/dynamic_roi_map, static_roi_map and mask; relative paths"
                    + " start at the directory of the input")
    private String qmap = "";

    @UriParam(
            label = "xpcs",
            defaultValue = "Multitau",
            enums = "Multitau,Twotime,Both",
            description = "Which correlation is computed")
    private String type = "Multitau";

    @UriParam(
            label = "xpcs",
            defaultValue = "0",
            description = "First frame, counted from 0; a negative one is counted from the end")
    private int beginFrame;

    @UriParam(label = "xpcs", defaultValue = "-1", description = "Frame behind the last one; 0 or less: all there are")
    private int endFrame = -1;

    @UriParam(label = "xpcs", defaultValue = "1", description = "Takes every n-th frame")
    private int strideFrame = 1;

    @UriParam(label = "xpcs", defaultValue = "1", description = "Correlates means of so many frames")
    private int avgFrame = 1;

    @UriParam(
            label = "xpcs",
            defaultValue = "true",
            description = "Divides each frame by its mean, so that the beam may flicker (multi-tau only)")
    private boolean normalizeFrame = true;

    @UriParam(
            label = "xpcs",
            defaultValue = "0.5",
            description = "Where less than this share of the pixels is unmasked, the others are not even read")
    private double cropRatioThreshold = 0.5;

    @UriParam(
            label = "xpcs",
            defaultValue = "sqmap",
            enums = "sqmap,dqmap,none",
            description = "What a pixel is divided by in the two-time correlation: the mean of the frame over its"
                    + " static or its dynamic bin, or nothing")
    private String smooth = "sqmap";

    @UriParam(
            label = "xpcs",
            defaultValue = "all",
            description = "Dynamic bins of the two-time correlation: all, or numbers and ranges such as 1,2,5-7")
    private String dqSelection = "all";

    @UriParam(
            label = "xpcs",
            defaultValue = "false",
            description = "Keeps G2, IP and IF of each pixel in /xpcs/multitau/unnormalized_G2")
    private boolean saveG2;

    @UriParam(
            label = "xpcs",
            description = "Path of the metadata file; empty: the only *_metadata.hdf beside the input, if there is one")
    private String metaFname = "";

    @UriParam(label = "xpcs", defaultValue = "0", description = "Seconds from frame to frame; 0: as the metadata say")
    private double frameTime;

    @UriParam(
            label = "xpcs",
            description = "Path of the frames in an HDF5 input; empty: the usual places, then the largest stack")
    private String dataset = "";

    public String getQmap() {
        return qmap;
    }

    public void setQmap(String qmap) {
        this.qmap = qmap;
    }

    public String getType() {
        return type;
    }

    public void setType(String type) {
        this.type = type;
    }

    public int getBeginFrame() {
        return beginFrame;
    }

    public void setBeginFrame(int beginFrame) {
        this.beginFrame = beginFrame;
    }

    public int getEndFrame() {
        return endFrame;
    }

    public void setEndFrame(int endFrame) {
        this.endFrame = endFrame;
    }

    public int getStrideFrame() {
        return strideFrame;
    }

    public void setStrideFrame(int strideFrame) {
        this.strideFrame = strideFrame;
    }

    public int getAvgFrame() {
        return avgFrame;
    }

    public void setAvgFrame(int avgFrame) {
        this.avgFrame = avgFrame;
    }

    public boolean isNormalizeFrame() {
        return normalizeFrame;
    }

    public void setNormalizeFrame(boolean normalizeFrame) {
        this.normalizeFrame = normalizeFrame;
    }

    public double getCropRatioThreshold() {
        return cropRatioThreshold;
    }

    public void setCropRatioThreshold(double cropRatioThreshold) {
        this.cropRatioThreshold = cropRatioThreshold;
    }

    public String getSmooth() {
        return smooth;
    }

    public void setSmooth(String smooth) {
        this.smooth = smooth;
    }

    public String getDqSelection() {
        return dqSelection;
    }

    public void setDqSelection(String dqSelection) {
        this.dqSelection = dqSelection;
    }

    public boolean isSaveG2() {
        return saveG2;
    }

    public void setSaveG2(boolean saveG2) {
        this.saveG2 = saveG2;
    }

    public String getMetaFname() {
        return metaFname;
    }

    public void setMetaFname(String metaFname) {
        this.metaFname = metaFname;
    }

    public double getFrameTime() {
        return frameTime;
    }

    public void setFrameTime(double frameTime) {
        this.frameTime = frameTime;
    }

    public String getDataset() {
        return dataset;
    }

    public void setDataset(String dataset) {
        this.dataset = dataset;
    }
}
