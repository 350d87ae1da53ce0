package org.lightpipe.workflow;

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
import org.lightpipe.config.Workflow.Stage;
import org.lightpipe.config.WorkflowRule;

/** Configuration of a site with one beamline. */
final class TestSite {

    private TestSite() {}

    static LiveConfiguration of(Path storage, List<WorkflowRule> rules, Workflow... workflows) {
        return of("file:" + storage, rules, workflows);
    }

    static LiveConfiguration of(String storage, List<WorkflowRule> rules, Workflow... workflows) {
        AcquirePolicy acquire = new AcquirePolicy(
                Optional.empty(),
                AcquirePolicy.Complete.STABLE,
                Duration.ofSeconds(1),
                "{name}.done",
                List.of(),
                List.of(),
                Duration.ofSeconds(1));
        DatasetRule dataset = new DatasetRule(
                Pattern.compile("(?<dataset>.*)"), Duration.ofSeconds(1), Optional.empty(), OptionalInt.empty());
        Beamline beamline = new Beamline(
                "2-BM",
                "2-BM",
                "",
                new Storage("2-BM", storage, Optional.empty(), 02750, 0640),
                List.of(),
                acquire,
                dataset,
                rules,
                Optional.empty());
        Map<String, Workflow> byName = new LinkedHashMap<>();
        for (Workflow workflow : workflows) {
            byName.put(workflow.name(), workflow);
        }
        return new LiveConfiguration(new Configuration(
                Map.of("2-BM", beamline), byName, Map.of("local", new Resource("local", "local", 4))));
    }

    static Workflow workflow(String name, Map<String, String> arguments, Stage... stages) {
        return new Workflow(name, "owner", "", arguments, List.of(stages));
    }

    static Stage command(String key, String command, String... outputs) {
        return new Stage(key, command, "", Map.of(), "local", List.of(outputs), 60);
    }

    static Stage endpoint(String key, String to, Map<String, String> parameters) {
        return new Stage(key, "", to, parameters, "local", List.of(), 60);
    }

    static Stage within(Stage stage, long seconds) {
        return new Stage(
                stage.key(),
                stage.command(),
                stage.to(),
                stage.parameters(),
                stage.resource(),
                stage.outputs(),
                seconds);
    }
}
