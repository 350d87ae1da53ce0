package org.lightpipe.catalog;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.lightpipe.config.AcquirePolicy;
import org.lightpipe.config.Beamline;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Resource;
import org.lightpipe.config.Storage;
import org.lightpipe.config.Workflow;

/** Configuration of a site with the one beamline {@code 2-BM}, whose datasets are the first directories of paths. */
public final class TestConfiguration {

    private final Storage storage;
    private final DatasetRule rule;
    private final Map<String, Workflow> workflows;
    private final Optional<String> watch;

    private TestConfiguration(
            Storage storage, DatasetRule rule, Map<String, Workflow> workflows, Optional<String> watch) {
        this.storage = storage;
        this.rule = rule;
        this.workflows = workflows;
        this.watch = watch;
    }

    /** With a mounted storage, and datasets that are complete when nothing came for an hour. */
    public static TestConfiguration of(Path storage) {
        return new TestConfiguration(
                new Storage("2-BM", "file:" + storage, Optional.empty(), 02770, 0640),
                rule(Duration.ofHours(1), Optional.empty(), OptionalInt.empty()),
                Map.of(),
                Optional.empty());
    }

    /** How datasets are told and when they are complete; named after their first directory. */
    public static DatasetRule rule(Duration quiet, Optional<String> marker, OptionalInt count) {
        return new DatasetRule(Pattern.compile("(?<dataset>[^/]+)/.*"), quiet, marker, count);
    }

    public TestConfiguration with(Storage other) {
        return new TestConfiguration(other, rule, workflows, watch);
    }

    public TestConfiguration with(DatasetRule other) {
        return new TestConfiguration(storage, other, workflows, watch);
    }

    public TestConfiguration with(Workflow workflow) {
        Map<String, Workflow> more = new LinkedHashMap<>(workflows);
        more.put(workflow.name(), workflow);
        return new TestConfiguration(storage, rule, more, watch);
    }

    /** Directory that each experiment watches. */
    public TestConfiguration watching(String directory) {
        return new TestConfiguration(storage, rule, workflows, Optional.of(directory));
    }

    public LiveConfiguration live() {
        AcquirePolicy acquire = new AcquirePolicy(
                watch,
                AcquirePolicy.Complete.STABLE,
                Duration.ofMillis(100),
                "{name}.done",
                List.of(),
                List.of(),
                Duration.ofMillis(50));
        Beamline beamline =
                new Beamline("2-BM", "2-BM", "", storage, List.of(), acquire, rule, List.of(), Optional.empty());
        return new LiveConfiguration(new Configuration(
                Map.of("2-BM", beamline), workflows, Map.of("local", new Resource("local", "local", 4))));
    }
}
