package org.lightpipe.acquire;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
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
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;
import org.lightpipe.config.AcquirePolicy.Existing;
import org.lightpipe.config.AcquirePolicy.Unit;
import org.lightpipe.core.RawName;

/** Watch a directory tree and receive the files that their writer has finished, in batches. */
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "landing",
        title = "Landing",
        syntax = "landing:directoryName",
        category = {Category.FILE},
        consumerOnly = true)
@Metadata(excludeProperties = "sendEmptyMessageWhenIdle,pollStrategy,scheduledExecutorService")
@ManagedResource(description = "Managed landing endpoint")
public class LandingEndpoint extends ScheduledPollEndpoint {

    /** A comma that is not within braces or brackets. */
    static final Pattern BETWEEN_GLOBS = Pattern.compile(",(?![^{}]*}|[^\\[\\]]*])");

    @UriPath(description = "Directory to watch, with everything below it")
    @Metadata(required = true)
    private String directoryName;

    @UriParam(
            defaultValue = "stable",
            enums = "stable,marker,rename,closed",
            description =
                    "How a finished file is told: it no longer changes and nobody has it open for writing; a marker"
                            + " file stands beside it; it was renamed to its final name; or its writer has closed it, as the kernel"
                            + " tells (where it does not, as stable)")
    private String complete = "stable";

    @UriParam(defaultValue = "2000", description = "For how many milliseconds a file must not have changed")
    private long quiet = 2000;

    @UriParam(
            defaultValue = "0",
            description =
                    "How many milliseconds ago the last change of a file must have been, by the clock of this machine")
    private long minAge;

    @UriParam(
            defaultValue = "{name}.done",
            description =
                    "Name of the marker file of the file {name}; for a directory that is handed over as a whole it"
                            + " lies in it or beside it, and may be without {name}")
    private String marker = "{name}.done";

    @UriParam(description = "Globs of the paths to take, separated by comma; all when empty")
    private String include = "";

    @UriParam(description = "Globs of the paths to leave, separated by comma")
    private String exclude = "";

    @UriParam(defaultValue = "false", description = "Whether names that begin with a dot are taken, too")
    private boolean includeHiddenFiles;

    @UriParam(defaultValue = "true", description = "Whether files in sub-directories are taken, too")
    private boolean recursive = true;

    @UriParam(defaultValue = "0", description = "Fewest parts of a path; a file in the directory itself has 1")
    private int minDepth;

    @UriParam(defaultValue = "2147483647", description = "Most parts of a path; a file in the directory itself has 1")
    private int maxDepth = Integer.MAX_VALUE;

    @UriParam(
            defaultValue = "process",
            enums = "process,ignore",
            description =
                    "What becomes of files that were there before: ignored files are taken when somebody changes them")
    private String existing = "process";

    @UriParam(
            description = "With existing=ignore: the time before which a file was there before, in milliseconds since"
                    + " 1970; the start of the route when it is 0",
            defaultValue = "0")
    private long since;

    @UriParam(
            defaultValue = "file",
            enums = "file,directory",
            description =
                    "What is handed over: each file as soon as it is finished, or each directory in the watched one as"
                            + " a whole, when nothing changes in it any more, or it has its marker")
    private String unit = "file";

    @UriParam(
            defaultValue = "auto",
            enums = "auto,on,off",
            description =
                    "Whether the kernel tells of changes; by default that depends on the type of the file system. NFS,"
                            + " GPFS, Lustre, CIFS and FUSE do not tell of what other machines write")
    private String events = "auto";

    @UriParam(
            defaultValue = "600000",
            description =
                    "Milliseconds between two looks at every file that was handed over, for those that were overwritten"
                            + " and nobody told; at most 2000 files a second are looked at")
    private long sweep = 600_000;

    @UriParam(defaultValue = "500", description = "Most files in one batch")
    private int batch = 500;

    @UriParam(
            defaultValue = "100000",
            description =
                    "Most files that are kept in mind while they are not finished; where there are more, directories"
                            + " are listed again",
            label = "advanced")
    private int mostWaiting = 100_000;

    @UriParam(
            defaultValue = "8388608",
            description = "Room for files that were handed over, of 16 bytes each; where there are more, the quietest"
                    + " directories are told again when they change",
            label = "advanced")
    private int mostRemembered = 8 * 1024 * 1024;

    @UriParam(
            defaultValue = "600000",
            description = "Milliseconds without change after which the files of a directory are forgotten",
            label = "advanced")
    private long coldAfter = 600_000;

    @UriParam(
            defaultValue = "2147483647",
            description = "Most directories that the kernel is asked to watch; further ones are looked at",
            label = "advanced")
    private int mostWatches = Integer.MAX_VALUE;

    @UriParam(defaultValue = "false", description = "Whether to end when everything that is there was handed over")
    private boolean once;

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
        consumer = new LandingConsumer(this, processor, options());
        configureConsumer(consumer);
        return consumer;
    }

    private LandingOptions options() {
        boolean ignore = choice("existing", existing, Existing::valueOf) == Existing.IGNORE;
        long sinceMillis = since == 0 ? System.currentTimeMillis() : since;
        return new LandingOptions(
                RawName.path(directoryName),
                new PathFilter(globs(include), globs(exclude), includeHiddenFiles, minDepth, recursive ? maxDepth : 1),
                choice("complete", complete, Complete::valueOf),
                Duration.ofMillis(quiet),
                new Marker(marker),
                Duration.ofMillis(minAge),
                choice("unit", unit, Unit::valueOf) == Unit.DIRECTORY,
                ignore ? TimeUnit.MILLISECONDS.toNanos(sinceMillis) : Long.MIN_VALUE,
                choice("events", events, Events::valueOf),
                Duration.ofMillis(TimeUnit.MILLISECONDS.convert(getDelay(), getTimeUnit())),
                Duration.ofMillis(sweep),
                Duration.ofMillis(coldAfter),
                batch,
                mostWaiting,
                mostRemembered,
                mostWatches,
                once);
    }

    private static <E extends Enum<E>> E choice(String option, String value, Function<String, E> parse) {
        try {
            return parse.apply(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("landing: option " + option + " cannot be '" + value + "'", e);
        }
    }

    private static List<String> globs(String text) {
        return Arrays.stream(BETWEEN_GLOBS.split(text))
                .map(String::trim)
                .filter(glob -> !glob.isEmpty())
                .toList();
    }

    private LandingCounts counts() {
        LandingConsumer running = consumer;
        return running == null ? new LandingCounts() : running.counts();
    }

    @ManagedAttribute(description = "Files that are there but not finished yet")
    public int getUnfinished() {
        return counts().unfinished();
    }

    @ManagedAttribute(description = "Files taken since the start of the route")
    public long getTaken() {
        return counts().files();
    }

    @ManagedAttribute(description = "Bytes of the files taken since the start of the route")
    public long getTakenBytes() {
        return counts().bytes();
    }

    @ManagedAttribute(description = "For how many seconds the oldest unfinished file has not changed")
    public long getOldestSeconds() {
        return counts().oldestSeconds();
    }

    @ManagedAttribute(description = "How changes are noticed: events, polling, or both")
    public String getMode() {
        return counts().mode();
    }

    @ManagedAttribute(description = "Directories of the tree")
    public int getDirectories() {
        return counts().directories();
    }

    @ManagedAttribute(description = "Directories of the tree of which the kernel tells changes")
    public int getWatchedDirectories() {
        return counts().watched();
    }

    @ManagedAttribute(
            description = "Directories that have not changed for long, of whose files only one number is kept")
    public int getPrunedDirectories() {
        return counts().pruned();
    }

    @ManagedAttribute(description = "Room that is taken by files that were handed over, in places of 16 bytes")
    public long getRemembered() {
        return counts().remembered();
    }

    @ManagedAttribute(description = "How often the kernel dropped changes, after which everything was listed again")
    public long getOverflows() {
        return counts().overflows();
    }

    @ManagedAttribute(description = "How often every file was looked at again")
    public long getSweeps() {
        return counts().sweeps();
    }

    @ManagedAttribute(description = "Entries of directories listed since the start of the route")
    public long getListedEntries() {
        return counts().listedEntries();
    }

    @ManagedAttribute(description = "How many milliseconds the last listing of a directory took")
    public long getLastListingMillis() {
        return counts().lastListingMillis();
    }

    @ManagedAttribute(description = "Whether everything that was there was handed over; only with once=true")
    public boolean isThrough() {
        LandingConsumer running = consumer;
        return running != null && running.isThrough();
    }

    @ManagedAttribute(description = "Why the directory could not be read at the last look; empty when it could")
    public String getTrouble() {
        LandingConsumer running = consumer;
        return running == null ? "" : running.trouble();
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

    public long getMinAge() {
        return minAge;
    }

    public void setMinAge(long minAge) {
        this.minAge = minAge;
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

    public boolean isIncludeHiddenFiles() {
        return includeHiddenFiles;
    }

    public void setIncludeHiddenFiles(boolean includeHiddenFiles) {
        this.includeHiddenFiles = includeHiddenFiles;
    }

    public boolean isRecursive() {
        return recursive;
    }

    public void setRecursive(boolean recursive) {
        this.recursive = recursive;
    }

    public int getMinDepth() {
        return minDepth;
    }

    public void setMinDepth(int minDepth) {
        this.minDepth = minDepth;
    }

    public int getMaxDepth() {
        return maxDepth;
    }

    public void setMaxDepth(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    public String getExisting() {
        return existing;
    }

    public void setExisting(String existing) {
        this.existing = existing;
    }

    public long getSince() {
        return since;
    }

    public void setSince(long since) {
        this.since = since;
    }

    public String getUnit() {
        return unit;
    }

    public void setUnit(String unit) {
        this.unit = unit;
    }

    public String getEvents() {
        return events;
    }

    public void setEvents(String events) {
        this.events = events;
    }

    public long getSweep() {
        return sweep;
    }

    public void setSweep(long sweep) {
        this.sweep = sweep;
    }

    public int getBatch() {
        return batch;
    }

    public void setBatch(int batch) {
        this.batch = batch;
    }

    public int getMostWaiting() {
        return mostWaiting;
    }

    public void setMostWaiting(int mostWaiting) {
        this.mostWaiting = mostWaiting;
    }

    public int getMostRemembered() {
        return mostRemembered;
    }

    public void setMostRemembered(int mostRemembered) {
        this.mostRemembered = mostRemembered;
    }

    public long getColdAfter() {
        return coldAfter;
    }

    public void setColdAfter(long coldAfter) {
        this.coldAfter = coldAfter;
    }

    public boolean isOnce() {
        return once;
    }

    public void setOnce(boolean once) {
        this.once = once;
    }

    public int getMostWatches() {
        return mostWatches;
    }

    public void setMostWatches(int mostWatches) {
        this.mostWatches = mostWatches;
    }
}
