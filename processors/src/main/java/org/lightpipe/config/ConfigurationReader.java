package org.lightpipe.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.config.Workflow.Stage;
import org.lightpipe.core.Findings;
import org.lightpipe.core.Names;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Reads {@code config/beamlines/*.yaml}, {@code config/workflows/*.yaml} and {@code config/resources.yaml}. */
public final class ConfigurationReader {

    /** What every stage is told about its dataset, beside the workflow's own arguments. */
    public static final Set<String> STANDARD_ARGUMENTS = Set.of(
            "experimentName",
            "datasetName",
            "beamline",
            "filePath",
            "fileSha256",
            "dataDirectory",
            "outputDirectory",
            "jobId",
            "stage");

    /** Names that change what a shell or the loader does: an argument of such a name would be more than data. */
    private static final Set<String> RESERVED =
            Set.of("PATH", "HOME", "LANG", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PWD");

    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");
    /** {@code name=…}, {@code for name in}, and {@code read -r name other}. */
    private static final Pattern SHELL_SET = Pattern.compile(
            "(?:^|[\\s;&|(])(?:([A-Za-z_][A-Za-z0-9_]*)=|(?:for|read(?:\\s+-[a-z]+)*)\\s+([A-Za-z_][A-Za-z0-9_ ]*))");

    private static final Pattern ARGUMENT_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern ENDPOINT = Pattern.compile("[a-z][a-z0-9+-]*:.*");

    private final Path directory;
    private final UnaryOperator<String> placeholders;

    /**
     * @param directory the {@code config} directory
     * @param placeholders resolves <code>{{property}}</code> in a text; throws IllegalArgumentException for an unknown one
     */
    public ConfigurationReader(Path directory, UnaryOperator<String> placeholders) {
        this.directory = directory;
        this.placeholders = placeholders;
    }

    /** Reads everything. What is wrong is added to the findings; the result is of use only when there are none. */
    public Configuration read(Findings findings) {
        Map<String, Resource> resources = resources(findings);
        Map<String, Workflow> workflows = new TreeMap<>();
        for (Path file : yamlFiles(directory.resolve("workflows"), findings)) {
            YamlSource.map(file, findings, placeholders).ifPresent(map -> {
                Workflow workflow = workflow(map, resources);
                if (workflows.put(workflow.name(), workflow) != null) {
                    map.wrong("name", "workflow '" + workflow.name() + "' is defined twice", "rename one");
                }
            });
        }
        StorageReader storages = new StorageReader(directory.resolve("storages.yaml"), findings, placeholders);
        Map<String, Beamline> beamlines = new TreeMap<>();
        for (Path file : yamlFiles(directory.resolve("beamlines"), findings)) {
            YamlSource.map(file, findings, placeholders).ifPresent(map -> {
                Beamline beamline = beamline(map, workflows, storages);
                if (beamlines.put(beamline.name(), beamline) != null) {
                    map.wrong("beamline", "beamline '" + beamline.name() + "' is defined twice", "rename one");
                }
            });
        }
        return new Configuration(Map.copyOf(beamlines), Map.copyOf(workflows), Map.copyOf(resources));
    }

    /** True for the name of an environment variable that means something to every program. */
    public static boolean isReserved(String variable) {
        return RESERVED.contains(variable) || variable.startsWith("LD_") || variable.startsWith("LC_");
    }

    /** The YAML files of a directory, sorted by name; a directory that is not there has none. */
    public static List<Path> yamlFiles(Path directory, Findings findings) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*.{yaml,yml}")) {
                stream.forEach(files::add);
            } catch (IOException e) {
                findings.add(directory.toString(), 0, "", "cannot be read: " + e.getMessage(), "");
            }
        }
        files.sort(null);
        return files;
    }

    private Map<String, Resource> resources(Findings findings) {
        Map<String, Resource> resources = new LinkedHashMap<>();
        Path file = directory.resolve("resources.yaml");
        YamlSource.map(file, findings, placeholders)
                .flatMap(root -> {
                    Optional<YamlMap> map = root.map("resources");
                    root.end();
                    return map;
                })
                .ifPresent(map -> {
                    for (String name : map.sortedNames()) {
                        Names.check(map, name, name);
                        map.map(name).ifPresent(resource -> {
                            String type = resource.choice("type", "local", List.of("local"));
                            int cores = Runtime.getRuntime().availableProcessors();
                            resources.put(name, new Resource(name, type, resource.integer("slots", cores, 1, 10_000)));
                            resource.end();
                        });
                    }
                });
        resources.putIfAbsent(
                "local", new Resource("local", "local", Runtime.getRuntime().availableProcessors()));
        return resources;
    }

    private Workflow workflow(YamlMap map, Map<String, Resource> resources) {
        String name = map.text("name");
        Names.check(map, "name", name);
        String owner = map.text("owner", "lightpipe");
        String description = map.text("description", "");
        Map<String, String> arguments = new LinkedHashMap<>();
        map.map("arguments").ifPresent(inner -> {
            for (String argument : inner.sortedNames()) {
                if (!ARGUMENT_NAME.matcher(argument).matches()) {
                    inner.wrong(argument, "is not a name for an argument", "use letters, digits and '_'");
                } else if (STANDARD_ARGUMENTS.contains(argument)) {
                    inner.wrong(argument, "is always given by the hub", "choose another name");
                } else if (isReserved(argument)) {
                    inner.wrong(argument, "means something to every program", "choose another name");
                }
                if (inner.isText(argument)) {
                    arguments.put(argument, inner.text(argument, ""));
                } else {
                    inner.map(argument).ifPresent(detail -> {
                        arguments.put(argument, detail.text("default", ""));
                        detail.text("description", "");
                        detail.end();
                    });
                }
            }
        });
        List<Stage> stages = new ArrayList<>();
        Optional<YamlMap> stageMaps = map.map("stages");
        if (stageMaps.isEmpty() || stageMaps.get().sortedNames().isEmpty()) {
            map.wrong("stages", "has no stage", "add stages such as '01-REDUCE: {to: gpu:statistics}'");
        } else {
            for (String key : stageMaps.get().sortedNames()) {
                if (!Names.isSafe(key)) {
                    stageMaps.get().wrong(key, "'" + key + "' cannot be used as the key of a stage", Names.RULE);
                }
                stageMaps
                        .get()
                        .map(key)
                        .ifPresent(stage -> stages.add(stage(key, stage, resources, arguments.keySet())));
            }
        }
        map.end();
        return new Workflow(name, owner, description, Map.copyOf(arguments), List.copyOf(stages));
    }

    private static Stage stage(String key, YamlMap map, Map<String, Resource> resources, Set<String> arguments) {
        String command = map.text("command", "");
        String to = map.text("to", "");
        if (command.isEmpty() == to.isEmpty()) {
            map.wrong("", "needs either 'command' or 'to'", "write one of them");
        }
        if (!to.isEmpty() && !ENDPOINT.matcher(to).matches()) {
            map.wrong("to", "'" + to + "' is not a Camel endpoint", "write it as 'gpu:tomography' or 'direct:name'");
        }
        if (to.indexOf('?') >= 0) {
            map.wrong("to", "has options in it", "move them to 'parameters:'");
        }
        String resource = map.text("on", "local");
        if (!resources.containsKey(resource)) {
            map.wrong(
                    "on",
                    "resource '" + resource + "' is not known",
                    YamlMap.suggestion(resource, List.copyOf(resources.keySet()))
                            + " — or add it to config/resources.yaml");
        }
        Map<String, String> parameters = map.textsByName("parameters");
        List<String> outputs = map.texts("outputs");
        Duration timeout = map.duration("timeout", Duration.ofHours(1));
        variables(map, "command", command, with(arguments, setBy(command)));
        parameters.forEach((name, value) -> variables(map, "parameters", value, arguments));
        outputs.forEach(output -> variables(map, "outputs", output, arguments));
        for (String output : outputs) {
            if (output.startsWith("/") || output.contains("..")) {
                map.wrong("outputs", "'" + output + "' leads out of the output directory", "give a path below it");
            }
        }
        map.end();
        return new Stage(key, command, to, parameters, resource, outputs, timeout.toSeconds());
    }

    /** Variables that a shell command sets by itself; capitals are the environment's, such as HOME. */
    private static Set<String> setBy(String command) {
        Set<String> names = new HashSet<>();
        Matcher set = SHELL_SET.matcher(command);
        while (set.find()) {
            String variables = set.group(1) != null ? set.group(1) : set.group(2);
            names.addAll(List.of(variables.trim().split("\\s+")));
        }
        Matcher used = VARIABLE.matcher(command);
        while (used.find()) {
            String name = used.group(1) != null ? used.group(1) : used.group(2);
            if (name.equals(name.toUpperCase(java.util.Locale.ROOT))) {
                names.add(name);
            }
        }
        return names;
    }

    private static Set<String> with(Set<String> some, Set<String> more) {
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return all;
    }

    /** Every variable in a text must be an argument: an unknown one would be empty, and nobody would know. */
    private static void variables(YamlMap map, String field, String text, Set<String> arguments) {
        Matcher matcher = VARIABLE.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            if (!arguments.contains(name) && !STANDARD_ARGUMENTS.contains(name)) {
                Set<String> known = new HashSet<>(arguments);
                known.addAll(STANDARD_ARGUMENTS);
                map.wrong(
                        field,
                        "'$" + name + "' is not an argument of the workflow",
                        YamlMap.suggestion(name, List.copyOf(known)));
            }
        }
    }

    /** Puts the values of variables into a text. Only for endpoint options and paths, never for a shell. */
    public static String substitute(String text, Map<String, String> arguments) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(1) != null ? match.group(1) : match.group(2);
            return Matcher.quoteReplacement(arguments.getOrDefault(name, ""));
        });
    }

    private Beamline beamline(YamlMap map, Map<String, Workflow> workflows, StorageReader storages) {
        String name = map.text("beamline");
        Names.check(map, "beamline", name);
        String station = map.text("station", name);
        Names.check(map, "station", station);
        String description = map.text("description", "");
        Storage storage = storages.storage(map, name);
        List<Storage> copies = storages.copies(map);
        AcquirePolicy acquire = AcquireReader.beamline(map);
        DatasetRule dataset = dataset(map);
        MetadataPolicy metadata = MetadataReader.read(map);
        List<WorkflowRule> trigger = new ArrayList<>();
        for (YamlMap rule : map.maps("trigger")) {
            trigger.add(trigger(rule, workflows));
        }
        Optional<ArchivePolicy> archive = map.map("archive").map(this::archive);
        if (archive.isPresent() && !StorageSettings.isReadable(storage)) {
            map.wrong(
                    "archive",
                    "storage '" + storage.name() + "' cannot be read, so nothing in it can be archived",
                    storage.uri().startsWith("command:")
                            ? "add 'readBack' to its settings"
                            : "name it under a path or URI that reads the same files, or leave 'archive' out");
        }
        map.end();
        return new Beamline(
                name, station, description, storage, copies, acquire, dataset, metadata, List.copyOf(trigger), archive);
    }

    private static DatasetRule dataset(YamlMap map) {
        Pattern byFileOrDirectory = Pattern.compile("(?<dataset>[^/]+?)(?:/.*|\\.[^./]+)?");
        Optional<YamlMap> inner = map.map("dataset");
        if (inner.isEmpty()) {
            return new DatasetRule(byFileOrDirectory, Duration.ofSeconds(5), Optional.empty(), OptionalInt.empty());
        }
        YamlMap rule = inner.get();
        Pattern name = rule.pattern("name").orElse(byFileOrDirectory);
        if (!name.pattern().contains("(?<dataset>")) {
            rule.wrong("name", "has no group named 'dataset'", "write it as '(?<dataset>[^/]+)/.*'");
        }
        int count = rule.integer("count", 0, 1, Integer.MAX_VALUE);
        DatasetRule result = new DatasetRule(
                name,
                rule.duration("quiet", Duration.ofSeconds(5)),
                rule.optionalText("marker"),
                count == 0 ? OptionalInt.empty() : OptionalInt.of(count));
        rule.end();
        return result;
    }

    private static WorkflowRule trigger(YamlMap map, Map<String, Workflow> workflows) {
        String name = map.text("workflow");
        Workflow workflow = workflows.get(name);
        if (workflow == null && !name.isEmpty()) {
            map.wrong(
                    "workflow",
                    "workflow '" + name + "' is not known",
                    YamlMap.suggestion(name, List.copyOf(workflows.keySet())) + " — or add it to config/workflows");
        }
        Map<String, String> arguments = map.textsByName("arguments");
        if (workflow != null) {
            for (String argument : arguments.keySet()) {
                if (!workflow.arguments().containsKey(argument)) {
                    map.wrong(
                            "arguments",
                            "'" + argument + "' is not an argument of workflow '" + name + "'",
                            YamlMap.suggestion(
                                    argument, List.copyOf(workflow.arguments().keySet())));
                }
            }
        }
        List<String> files = List.of();
        List<String> has = List.of();
        Optional<YamlMap> when = map.map("when");
        if (when.isPresent()) {
            files = AcquireReader.globs(when.get(), "files");
            has = when.get().texts("has");
            when.get().end();
        }
        map.end();
        return new WorkflowRule(name, files, has, arguments);
    }

    private ArchivePolicy archive(YamlMap map) {
        String tape = map.text("tape");
        if (tape.startsWith("file:")) {
            tape = tape.substring("file:".length());
        } else if (!tape.isEmpty()) {
            map.wrong("tape", "'" + tape + "' is not a tape library", "write it as file:/path");
        }
        ArchivePolicy policy = new ArchivePolicy(
                map.duration("after", Duration.ofDays(90)),
                tape,
                map.choice("digest", "sha512", List.of("sha512", "sha256")),
                map.flag("release", false));
        map.end();
        return policy;
    }
}
