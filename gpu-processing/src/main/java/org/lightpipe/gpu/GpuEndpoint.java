package org.lightpipe.gpu;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import javax.management.openmbean.TabularData;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Reduce the data of a detector on a GPU, or on the processor.
 *
 * <p>The body is the path of a file with frames (String, Path or File) or a stack of frames in memory, and becomes the
 * path of the result.
 */
@ManagedResource(description = "Reduces the data of detectors")
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "gpu",
        title = "GPU Processing",
        syntax = "gpu:technique",
        producerOnly = true,
        // the options of a technique are bound by its own bean, and several techniques have one of the same name
        generateConfigurer = false,
        category = {Category.FILE, Category.TRANSFORMATION},
        headersClass = GpuConstants.class)
public class GpuEndpoint extends DefaultEndpoint {

    @UriPath(enums = "correct,integrate,statistics,tomography,xpcs", description = "What to make of the data")
    @Metadata(required = true)
    private String technique;

    @UriParam(
            enums = "auto,java,opencl,cuda",
            defaultValue = "auto",
            description = "Where the arithmetic runs: auto takes a device of CUDA, else a graphics processor of OpenCL,"
                    + " else the threads of this machine; with any other the step never runs elsewhere")
    private String backend = "auto";

    @UriParam(
            description = "The directory for the results, created when it does not exist; the header CamelGpuOutput"
                    + " wins over it")
    private String output = "";

    /** For the component's description only; the beans of the techniques are bound by their names. */
    @UriParam
    private BuiltInOptions builtIn;

    private final RunningJobs jobs = new RunningJobs();
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final DoubleAdder seconds = new DoubleAdder();
    private GpuStep<?> step;

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
        try {
            Reducer.requireBackend(backend);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("gpu:" + technique + ": " + e.getMessage(), e);
        }
    }

    GpuStep<?> step() {
        return step;
    }

    void setStep(GpuStep<?> step) {
        this.step = step;
    }

    RunningJobs jobs() {
        return jobs;
    }

    Reducer reducer() {
        return ((GpuComponent) getComponent()).reducer();
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

    /** @param backend where the arithmetic runs: auto, java, opencl or cuda */
    public void setBackend(String backend) {
        this.backend = backend;
    }

    /** @return how many inputs were reduced */
    @ManagedAttribute(description = "Inputs reduced")
    public long getExchangesDone() {
        return done.sum();
    }

    /** @return how many inputs could not be reduced */
    @ManagedAttribute(description = "Inputs that could not be reduced")
    public long getExchangesFailed() {
        return failed.sum();
    }

    /** @return the seconds spent on the inputs that were reduced */
    @ManagedAttribute(description = "Seconds spent on the inputs that were reduced")
    public double getSeconds() {
        return seconds.sum();
    }

    /** @return how many reductions are running */
    @ManagedAttribute(description = "Reductions that are running")
    public int getJobsRunning() {
        return jobs.size();
    }

    /** @return the reductions that are running: id, input, progress from 0 to 1, seconds */
    @ManagedOperation(
            description = "The reductions that are running, with their progress from 0 to 1 and seconds so far")
    public TabularData listJobs() {
        return jobs.table();
    }

    /**
     * Cancels a reduction; its message fails.
     *
     * @param id of the list of those that are running
     * @return whether it was running
     */
    @ManagedOperation(description = "Cancels a reduction that is running, by its id; its message fails")
    public boolean cancel(String id) {
        return jobs.cancel(id);
    }

    /** @return the directory for the results */
    public String getOutput() {
        return output;
    }

    /** @param output the directory for the results */
    public void setOutput(String output) {
        this.output = output;
    }
}
