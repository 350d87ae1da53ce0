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

    /** SHA-256 of the input file in hexadecimal, for the provenance; without it the digest is taken beside the work. */
    @Metadata(
            label = "producer",
            description = "The SHA-256 of the input file in hexadecimal, for the provenance; without it the digest is"
                    + " taken beside the work",
            javaType = "String")
    public static final String DIGEST = "CamelGpuDigest";

    /** Name of frames that come as the body, of which the name of the result is made. */
    @Metadata(
            label = "producer",
            description = "The name of frames that come as the body, of which the name of the result is made; without"
                    + " it the id of the exchange",
            javaType = "String")
    public static final String NAME = "CamelGpuName";

    /** A {@link java.util.function.DoubleConsumer} that is told how far the reduction is, from 0 to 1. */
    @Metadata(
            label = "producer",
            description = "Is told how far the reduction is, from 0 to 1",
            javaType = "java.util.function.DoubleConsumer")
    public static final String PROGRESS = "CamelGpuProgress";

    /** Path of the result, an HDF5 file in NeXus form. */
    @Metadata(
            label = "producer",
            description = "The path of the result, an HDF5 file in NeXus form",
            javaType = "String")
    public static final String RESULT = "CamelGpuResult";

    /** Path of the preview, a PNG. */
    @Metadata(label = "producer", description = "The path of the preview, a PNG", javaType = "String")
    public static final String PREVIEW = "CamelGpuPreview";

    /** Backend that computed the result. */
    @Metadata(label = "producer", description = "The backend that computed the result", javaType = "String")
    public static final String BACKEND = "CamelGpuBackend";

    /** Name of the device that computed the result. */
    @Metadata(label = "producer", description = "The name of the device that computed the result", javaType = "String")
    public static final String DEVICE = "CamelGpuDevice";

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
