package org.lightpipe.gpu;

import org.apache.camel.spi.Metadata;

/** Names of the message headers that the component reads and sets. */
public final class GpuConstants {

    /** Directory for the results; it is created when it does not exist. Wins over the option {@code output}. */
    @Metadata(
            label = "producer",
            description = "The directory for the results, created when it does not exist; wins over the option output",
            javaType = "String")
    public static final String OUTPUT = "CamelGpuOutput";

    /** Path of the result, an HDF5 file in NeXus form. */
    @Metadata(
            label = "producer",
            description = "The path of the result, an HDF5 file in NeXus form",
            javaType = "String")
    public static final String RESULT = "CamelGpuResult";

    /** Path of the preview, a greyscale PNG. */
    @Metadata(label = "producer", description = "The path of the preview, a greyscale PNG", javaType = "String")
    public static final String PREVIEW = "CamelGpuPreview";

    /** Backend that computed the result. */
    @Metadata(label = "producer", description = "The backend that computed the result", javaType = "String")
    public static final String BACKEND = "CamelGpuBackend";

    /** Seconds from reading the input to the result in its place. */
    @Metadata(
            label = "producer",
            description = "The seconds from reading the input to the result in its place",
            javaType = "Double")
    public static final String SECONDS = "CamelGpuSeconds";

    /** Headline numbers of the result by name. */
    @Metadata(
            label = "producer",
            description = "The headline numbers of the result by name, such as center, mean, snr",
            javaType = "java.util.Map<String, Object>")
    public static final String METRICS = "CamelGpuMetrics";

    private GpuConstants() {}
}
