package org.lightpipe.gpu;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Reduce the data of a detector file.
 *
 * <p>The body is the path of an HDF5 file (String, Path or File) and becomes the path of the result.
 */
@ManagedResource(description = "Reduces the data of detector files")
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "gpu",
        title = "GPU Processing",
        syntax = "gpu:technique",
        producerOnly = true,
        category = {Category.FILE, Category.TRANSFORMATION},
        headersClass = GpuConstants.class)
public class GpuEndpoint extends DefaultEndpoint {

    @UriPath(enums = "statistics,tomography", description = "What to make of the data")
    @Metadata(required = true)
    private String technique;

    @UriParam(
            enums = "auto,java",
            defaultValue = "auto",
            description = "Where the arithmetic runs: auto takes the fastest that this machine has")
    private String backend = "auto";

    @UriParam(
            description = "The directory for the results, created when it does not exist; the header CamelGpuOutput"
                    + " wins over it")
    private String output = "";

    @UriParam(
            label = "tomography",
            enums = "fbp",
            defaultValue = "fbp",
            description = "How to reconstruct: fbp is filtered back projection")
    private String algorithm = "fbp";

    @UriParam(
            label = "tomography",
            enums = "shepp,ramp,hann,parzen,cosine",
            defaultValue = "shepp",
            description = "The window of the reconstruction filter: ramp is the sharpest, parzen the smoothest")
    private String filter = "shepp";

    @UriParam(
            label = "tomography",
            description = "The rotation centre in pixels of the detector row, a number; searched for when empty")
    private String center = "";

    @UriParam(
            label = "tomography",
            description = "The detector row to reconstruct, counted from 0; the middle one when not given")
    private Integer slice;

    @UriParam(
            label = "statistics",
            description = "The path of the image stack in the file; when not given, /exchange/data, /entry/data/data or"
                    + " the largest 2D or 3D dataset of numbers")
    private String dataset = "";

    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final DoubleAdder seconds = new DoubleAdder();

    /**
     * @param uri the URI of the endpoint
     * @param component the component that makes it
     */
    public GpuEndpoint(String uri, GpuComponent component) {
        super(uri, component);
    }

    @Override
    public Producer createProducer() {
        return new GpuProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("gpu: is a step of a route, not its beginning; use it with to:");
    }

    /** Says what is wrong with an option when the route starts, not when the first file arrives. */
    @Override
    protected void doInit() throws Exception {
        super.doInit();
        component().technique(technique);
        requireOneOf("backend", backend, List.of("auto", JavaBackend.NAME));
        requireOneOf("algorithm", algorithm, List.of("fbp"));
        options();
    }

    TechniqueOptions options() {
        FilterWindow window = FilterWindow.of(filter)
                .orElseThrow(() -> wrong(
                        "filter",
                        filter,
                        "one of "
                                + Arrays.stream(FilterWindow.values())
                                        .map(FilterWindow::option)
                                        .collect(Collectors.joining(", "))));
        if (slice != null && slice < 0) {
            throw wrong("slice", slice.toString(), "a detector row, counted from 0");
        }
        return new TechniqueOptions(
                window, parseCenter(), slice == null ? OptionalInt.empty() : OptionalInt.of(slice), dataset);
    }

    private OptionalDouble parseCenter() {
        if (center.isBlank()) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(center.trim()));
        } catch (NumberFormatException e) {
            throw wrong("center", center, "a number, or nothing to search for it");
        }
    }

    private void requireOneOf(String option, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw wrong(option, value, "one of " + String.join(", ", allowed));
        }
    }

    private IllegalArgumentException wrong(String option, String value, String wanted) {
        return new IllegalArgumentException(
                "gpu:" + technique + ": " + option + "=" + value + ", but it must be " + wanted);
    }

    GpuComponent component() {
        return (GpuComponent) getComponent();
    }

    void countDone(double secondsTaken) {
        done.increment();
        seconds.add(secondsTaken);
    }

    void countFailed() {
        failed.increment();
    }

    /** @return what to make of the data */
    @ManagedAttribute(description = "What is made of the data")
    public String getTechnique() {
        return technique;
    }

    /** @param technique what to make of the data */
    public void setTechnique(String technique) {
        this.technique = technique;
    }

    /** @return where the arithmetic runs */
    @ManagedAttribute(description = "Where the arithmetic runs")
    public String getBackend() {
        return backend;
    }

    /** @param backend where the arithmetic runs: auto or java */
    public void setBackend(String backend) {
        this.backend = backend;
    }

    /** @return how many files were reduced */
    @ManagedAttribute(description = "Files reduced")
    public long getExchangesDone() {
        return done.sum();
    }

    /** @return how many files could not be reduced */
    @ManagedAttribute(description = "Files that could not be reduced")
    public long getExchangesFailed() {
        return failed.sum();
    }

    /** @return the seconds spent on the files that were reduced */
    @ManagedAttribute(description = "Seconds spent on the files that were reduced")
    public double getSeconds() {
        return seconds.sum();
    }

    /** @return the directory for the results */
    public String getOutput() {
        return output;
    }

    /** @param output the directory for the results */
    public void setOutput(String output) {
        this.output = output;
    }

    /** @return how to reconstruct */
    public String getAlgorithm() {
        return algorithm;
    }

    /** @param algorithm how to reconstruct: fbp */
    public void setAlgorithm(String algorithm) {
        this.algorithm = algorithm;
    }

    /** @return the window of the reconstruction filter */
    public String getFilter() {
        return filter;
    }

    /** @param filter the window of the reconstruction filter */
    public void setFilter(String filter) {
        this.filter = filter;
    }

    /** @return the rotation centre; empty = search */
    public String getCenter() {
        return center;
    }

    /** @param center the rotation centre in pixels; empty = search */
    public void setCenter(String center) {
        this.center = center;
    }

    /** @return the detector row to reconstruct; null = the middle one */
    public Integer getSlice() {
        return slice;
    }

    /** @param slice the detector row to reconstruct, counted from 0 */
    public void setSlice(Integer slice) {
        this.slice = slice;
    }

    /** @return the path of the image stack in the file */
    public String getDataset() {
        return dataset;
    }

    /** @param dataset the path of the image stack in the file */
    public void setDataset(String dataset) {
        this.dataset = dataset;
    }
}
