package org.lightpipe.acquire;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
import org.apache.camel.support.ScheduledPollEndpoint;
import org.lightpipe.config.AcquirePolicy;

/** Watch a directory tree and receive the files that their writer has finished, in batches. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "landing",
        title = "Landing",
        syntax = "landing:directoryName",
        category = {Category.FILE},
        consumerOnly = true)
@Metadata(excludeProperties = "sendEmptyMessageWhenIdle,pollStrategy")
@ManagedResource(description = "Managed landing endpoint")
public class LandingEndpoint extends ScheduledPollEndpoint {

    @UriPath(description = "Directory to watch, with everything below it")
    @Metadata(required = true)
    private String directoryName;

    @UriParam(
            defaultValue = "stable",
            enums = "stable,marker,rename",
            description =
                    "How a finished file is told: it no longer changes and nobody has it open for writing; a marker"
                            + " file stands beside it; or it was renamed to its final name")
    private String complete = "stable";

    @UriParam(defaultValue = "2000", description = "For how many milliseconds a file must not have changed")
    private long quiet = 2000;

    @UriParam(defaultValue = "{name}.done", description = "Name of the marker file of the file {name}")
    private String marker = "{name}.done";

    @UriParam(description = "Globs of the paths to take, separated by comma; all when empty")
    private String include = "";

    @UriParam(description = "Globs of the paths to leave, separated by comma")
    private String exclude = "";

    @UriParam(defaultValue = "500", description = "Most files in one batch")
    private int batch = 500;

    private volatile LandingConsumer consumer;

    /** For the generated code. */
    public LandingEndpoint() {}

    LandingEndpoint(String uri, LandingComponent component) {
        super(uri, component);
        setDelay(1000);
        setInitialDelay(0);
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("landing: only receives files");
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        AcquirePolicy.Complete how = AcquirePolicy.Complete.valueOf(complete.toUpperCase(java.util.Locale.ROOT));
        Landing landing = new Landing(
                Path.of(directoryName),
                new PathFilter(globs(include), globs(exclude)),
                new Completeness(how, Duration.ofMillis(quiet), marker),
                new OpenForWriting(Path.of("/proc")));
        consumer = new LandingConsumer(this, processor, landing, batch);
        configureConsumer(consumer);
        return consumer;
    }

    private static List<String> globs(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(glob -> !glob.isEmpty())
                .toList();
    }

    @ManagedAttribute(description = "Files that are there but not finished yet")
    public int getUnfinished() {
        return consumer == null ? 0 : consumer.unfinished();
    }

    @ManagedAttribute(description = "Files taken since the start of the route")
    public long getTaken() {
        return consumer == null ? 0 : consumer.taken();
    }

    @ManagedAttribute(description = "For how many seconds the oldest unfinished file has not changed")
    public long getOldestSeconds() {
        return consumer == null ? 0 : consumer.oldestSeconds();
    }

    @ManagedAttribute(description = "Why the directory could not be read at the last look; empty when it could")
    public String getTrouble() {
        return consumer == null ? "" : consumer.trouble();
    }

    @ManagedAttribute(description = "Directory that is watched")
    public String getDirectoryName() {
        return directoryName;
    }

    public void setDirectoryName(String directoryName) {
        this.directoryName = directoryName;
    }

    public String getComplete() {
        return complete;
    }

    public void setComplete(String complete) {
        this.complete = complete;
    }

    public long getQuiet() {
        return quiet;
    }

    public void setQuiet(long quiet) {
        this.quiet = quiet;
    }

    public String getMarker() {
        return marker;
    }

    public void setMarker(String marker) {
        this.marker = marker;
    }

    public String getInclude() {
        return include;
    }

    public void setInclude(String include) {
        this.include = include;
    }

    public String getExclude() {
        return exclude;
    }

    public void setExclude(String exclude) {
        this.exclude = exclude;
    }

    public int getBatch() {
        return batch;
    }

    public void setBatch(int batch) {
        this.batch = batch;
    }
}
