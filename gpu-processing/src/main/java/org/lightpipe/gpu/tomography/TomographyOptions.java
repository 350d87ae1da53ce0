package org.lightpipe.gpu.tomography;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** The options of {@code gpu:tomography}, by tomocupy's names where it has them. */
@UriParams
public final class TomographyOptions {

    /** Where the projections are. */
    @UriParam(
            label = "tomography",
            description = "The path of the projections in the file; when not given, /exchange/data")
    public String dataset = "";

    /** Where the frames with beam are. */
    @UriParam(
            label = "tomography",
            description = "The path of the frames with beam and without sample; when not given, /exchange/data_white")
    public String flatDataset = "";

    /** Where the frames without beam are. */
    @UriParam(
            label = "tomography",
            description = "The path of the frames without beam; when not given, /exchange/data_dark")
    public String darkDataset = "";

    /** Where the angles are. */
    @UriParam(
            label = "tomography",
            description = "The path of the angles; when not given, /exchange/theta, and without that 0 to 180 degrees,"
                    + " both included")
    public String thetaDataset = "";

    /** The unit of the angles. */
    @UriParam(
            label = "tomography",
            enums = "auto,degrees,radians",
            defaultValue = "auto",
            description = "The unit of the angles; auto takes the attribute units, and degrees without it")
    public String thetaUnits = "auto";

    /** The first projection. */
    @UriParam(label = "tomography", defaultValue = "0", description = "The first projection to use, counted from 0")
    public int startProj;

    /** Behind the last projection. */
    @UriParam(
            label = "tomography",
            defaultValue = "-1",
            description = "The projection behind the last one to use; -1 = all")
    public int endProj = -1;

    /** A power of two. */
    @UriParam(
            label = "tomography",
            enums = "0,1,2,3",
            defaultValue = "0",
            description = "Rows and columns are averaged by 2 to the power of this")
    public int binning;

    /** The detector row. */
    @UriParam(
            label = "tomography",
            description =
                    "The detector row (with laminography: the slice) to reconstruct, counted from 0 after binning;"
                            + " the middle one when not given")
    public Integer slice;

    /** Another way to say which row. */
    @UriParam(
            label = "tomography",
            description =
                    "The detector row to reconstruct and to search the rotation centre in, as a part of the height"
                            + " from 0 to 1")
    public Double nsino;

    /** Whether to reconstruct all rows. */
    @UriParam(
            label = "tomography",
            defaultValue = "false",
            description = "Reconstructs all rows, or those from startRow to endRow, and not one slice only")
    public boolean volume;

    /** The first row. */
    @UriParam(
            label = "tomography",
            description = "The first detector row of a volume, counted from 0 after binning; 0 when not given")
    public Integer startRow;

    /** Behind the last row. */
    @UriParam(
            label = "tomography",
            description = "The detector row behind the last one of a volume; all when not given or -1")
    public Integer endRow;

    /** How to reconstruct. */
    @UriParam(
            label = "tomography",
            enums = "fbp,linerec,gridrec,fourierrec",
            defaultValue = "fbp",
            description = "The way of reconstruction: filtered back projection, line by line, gridrec or Fourier grids;"
                    + " with a laminoAngle always linerec")
    public String algorithm = "fbp";

    /** The window of the filter. */
    @UriParam(
            label = "tomography",
            enums = "shepp,ramp,ramlak,hann,hamming,parzen,cosine,butterworth,none",
            defaultValue = "shepp",
            description =
                    "The window of the reconstruction filter: ramp is the sharpest, parzen the smoothest; none leaves"
                            + " the filter out")
    public String filter = "shepp";

    /** The rotation centre. */
    @UriParam(
            label = "tomography",
            description = "The rotation centre in columns of the detector (before binning), a number; searched for when"
                    + " empty")
    public String center = "";

    /** The rotation centre, by its other name. */
    @UriParam(label = "tomography", description = "The same as center, as tomocupy calls it")
    public String rotationAxis = "";

    /** How to search the rotation centre. */
    @UriParam(
            label = "tomography",
            enums = "correlation,phase,vo",
            defaultValue = "correlation",
            description =
                    "How the rotation centre is searched: correlation or phase correlation of projections half a turn"
                            + " apart, or Vo's, which looks at the whole sinogram and takes longer")
    public String rotationAxisMethod = "correlation";

    /** How far to search. */
    @UriParam(
            label = "tomography",
            defaultValue = "50",
            description = "vo: how far from the middle column the rotation centre is searched, in columns")
    public double centerSearchWidth = 50;

    /** How fine to search. */
    @UriParam(label = "tomography", defaultValue = "0.25", description = "vo: the step of the fine search, in columns")
    public double centerSearchStep = 0.25;

    /** The lean of the axis. */
    @UriParam(
            label = "tomography",
            defaultValue = "0",
            description = "Laminography: by how many degrees the rotation axis leans towards the beam")
    public double laminoAngle;

    /** The window of the outlier removal. */
    @UriParam(
            label = "tomography",
            defaultValue = "0",
            description =
                    "The side of the neighbourhood (projections, columns) whose median replaces outliers, such as 3;"
                            + " 0 = off")
    public int dezinger;

    /** What an outlier is. */
    @UriParam(
            label = "tomography",
            defaultValue = "5000",
            description = "By how many counts an outlier lies above the median of its neighbourhood")
    public double dezingerThreshold = 5000;

    /** The exposure of the flat field. */
    @UriParam(
            label = "tomography",
            defaultValue = "1",
            description = "The exposure of the frames with beam over the exposure of the projections")
    public double brightRatio = 1;

    /** How to remove stripes. */
    @UriParam(
            label = "tomography",
            enums = "none,fw,ti,vo-all",
            defaultValue = "none",
            description =
                    "How stripes of the sinogram, which become rings, are removed: fw = Fourier and wavelet filter,"
                            + " ti = Titarenko's, vo-all = Vo's for all kinds of stripes")
    public String removeStripeMethod = "none";

    /** Of fw. */
    @UriParam(label = "tomography", defaultValue = "1", description = "fw: the width of the damping, in frequencies")
    public double fwSigma = 1;

    /** Of fw. */
    @UriParam(
            label = "tomography",
            enums = "haar,db5,sym5,sym16",
            defaultValue = "sym16",
            description = "fw: the wavelet")
    public String fwFilter = "sym16";

    /** Of fw. */
    @UriParam(
            label = "tomography",
            defaultValue = "7",
            description = "fw: the levels of the wavelet transform; 0 = by the size of the sinogram")
    public int fwLevel = 7;

    /** Of fw. */
    @UriParam(
            label = "tomography",
            defaultValue = "true",
            description = "fw: puts zeros before the first and behind the last projection, an eighth in all")
    public boolean fwPad = true;

    /** Of ti. */
    @UriParam(label = "tomography", defaultValue = "0.022", description = "ti: the parameter beta, between 0 and 1")
    public double tiBeta = 0.022;

    /** Of ti. */
    @UriParam(
            label = "tomography",
            defaultValue = "1",
            description = "ti: the part of the columns that is corrected, about their middle")
    public double tiMask = 1;

    /** Of vo-all. */
    @UriParam(
            label = "tomography",
            defaultValue = "3",
            description = "vo-all: how much a stripe differs from its neighbours; larger = less sensitive")
    public double voAllSnr = 3;

    /** Of vo-all. */
    @UriParam(
            label = "tomography",
            defaultValue = "61",
            description = "vo-all: the window of the median for large stripes, in columns")
    public int voAllLaSize = 61;

    /** Of vo-all. */
    @UriParam(
            label = "tomography",
            defaultValue = "21",
            description = "vo-all: the window of the median for small stripes, in columns")
    public int voAllSmSize = 21;

    /** How to retrieve the phase. */
    @UriParam(
            label = "tomography",
            enums = "none,paganin,Gpaganin",
            defaultValue = "none",
            description =
                    "How the phase is retrieved from the projections: Paganin's filter or its generalised form; needs"
                            + " energy, propagationDistance and pixelSize")
    public String retrievePhaseMethod = "none";

    /** Of the phase retrieval. */
    @UriParam(label = "tomography", description = "The X-ray energy in keV")
    public Double energy;

    /** Of the phase retrieval. */
    @UriParam(label = "tomography", description = "The distance from the sample to the detector in mm")
    public Double propagationDistance;

    /** Of the detector. */
    @UriParam(
            label = "tomography",
            description =
                    "The size of a pixel at the sample in µm, before binning; the axes of the result are in pixels when"
                            + " it is not given")
    public Double pixelSize;

    /** Of Paganin's filter. */
    @UriParam(
            label = "tomography",
            defaultValue = "0.001",
            description = "paganin: the regularisation; smaller = smoother")
    public double retrievePhaseAlpha = 0.001;

    /** Of the generalised filter. */
    @UriParam(label = "tomography", defaultValue = "1500", description = "Gpaganin: delta over beta of the sample")
    public double retrievePhaseDeltaBeta = 1500;

    /** Of the generalised filter. */
    @UriParam(
            label = "tomography",
            defaultValue = "0.2",
            description = "Gpaganin: the width of the finest feature in µm")
    public double retrievePhaseW = 0.2;

    /** Around a few rows. */
    @UriParam(
            label = "tomography",
            defaultValue = "8",
            description = "The rows read above and below those asked for, for the phase retrieval")
    public int retrievePhasePad = 8;

    /** Whether to take the logarithm. */
    @UriParam(
            label = "tomography",
            defaultValue = "true",
            description = "Takes the negative logarithm of the transmission")
    public boolean minusLog = true;
}
