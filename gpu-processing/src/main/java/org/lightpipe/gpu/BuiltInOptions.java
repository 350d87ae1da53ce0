package org.lightpipe.gpu;

import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.lightpipe.gpu.frames.CorrectionOptions;
import org.lightpipe.gpu.frames.StatisticsOptions;
import org.lightpipe.gpu.scattering.IntegrationOptions;
import org.lightpipe.gpu.tomography.TomographyOptions;
import org.lightpipe.gpu.xpcs.XpcsOptions;

/**
 * The options of the techniques that come with the component, as Camel's generator reads them for its description; nothing
 * ever sets these fields. Of options with one name the generator takes the first, so that what several techniques have
 * stands here, before their beans.
 */
@UriParams
final class BuiltInOptions {

    @UriParam(
            label = "correct,integrate,statistics,tomography,xpcs",
            description = "The path of the frames in an HDF5 file; when not given, the usual places of the technique")
    private String dataset;

    @UriParam(
            label = "correct,integrate",
            description = "An image (or a stack, averaged) that is subtracted from each frame: file.h5:/path, :/path in"
                    + " the input itself, .npy, .edf or .tif")
    private String dark;

    @UriParam(
            label = "correct,integrate",
            description = "An image (or a stack, averaged) by which each frame is divided; forms as for dark")
    private String flat;

    @UriParam(
            label = "correct,integrate",
            description = "An image whose pixels that are not 0 do not count; forms as for dark")
    private String mask;

    @UriParam(
            label = "correct,integrate,statistics",
            description = "This value and larger ones are saturated; the largest of an unsigned type where it is not"
                    + " given")
    private Double saturation;

    @UriParam(
            label = "correct,tomography",
            description = "How many pixels in both directions become one; of tomography their number is 2 to the power"
                    + " of this, from 0 to 3")
    private Integer binning;

    @UriParam
    private CorrectionOptions correct;

    @UriParam
    private IntegrationOptions integrate;

    @UriParam
    private StatisticsOptions statistics;

    @UriParam
    private TomographyOptions tomography;

    @UriParam
    private XpcsOptions xpcs;
}
