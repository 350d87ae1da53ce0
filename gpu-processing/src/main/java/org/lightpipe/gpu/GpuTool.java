package org.lightpipe.gpu;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.ManagedDevice;
import org.lightpipe.gpu.technique.Technique;

/**
 * The command line of the techniques, without Camel: {@code run}, {@code devices}, {@code techniques}. Found by its name
 * {@code gpu} through {@link ToolProvider}. Ends with 0, with 1 when something failed, with 2 when it was called wrongly.
 */
public final class GpuTool implements ToolProvider {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private static final String HELP = """
            Usage: gpu run TECHNIQUE --in FILE [--out DIR] [--backend BACKEND] [--OPTION VALUE …]
                   gpu run TECHNIQUE --help     the options of a technique
                   gpu techniques               what there is
                   gpu devices                  where it can run

            --in FILE         the file with the data
            --out DIR         directory for the result and its preview (default: the working directory)
            --backend NAME    auto, java, opencl or cuda (default: auto: the fastest that this machine has)
            --techniques DIR  directory with jars of further techniques (default: techniques/ in the home)""";

    private final Optional<Path> folder;

    /** Looks for further techniques in {@code techniques/} of the directory that {@code lightpipe.home} names. */
    public GpuTool() {
        this(homeFolder());
    }

    GpuTool(Optional<Path> folder) {
        this.folder = folder;
    }

    static Optional<Path> homeFolder() {
        return Optional.ofNullable(System.getProperty("lightpipe.home"))
                .map(home -> Path.of(home).resolve("techniques"));
    }

    @Override
    public String name() {
        return "gpu";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        try {
            return run(out, err, Arguments.parse(Arrays.asList(arguments)));
        } catch (IllegalArgumentException e) {
            err.println("lightpipe: " + e.getMessage());
            return USAGE;
        } catch (InvalidInputException | IOException e) {
            err.println("lightpipe: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            err.println("lightpipe: stopped");
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private int run(PrintWriter out, PrintWriter err, Arguments arguments)
            throws InvalidInputException, IOException, InterruptedException {
        String command = arguments.word(0).orElse("");
        if (command.isEmpty() || command.equals("help")) {
            (arguments.help() || command.equals("help") ? out : err).println(HELP);
            return arguments.help() || command.equals("help") ? 0 : USAGE;
        }
        switch (command) {
            case "run" -> {
                return reduce(out, err, arguments);
            }
            case "techniques" -> techniques(out, arguments);
            case "devices" -> devices(out, arguments);
            default ->
                throw new IllegalArgumentException(
                        "gpu " + command + " is no command; there are run, techniques, devices"
                                + Words.meant(command, List.of("run", "techniques", "devices")));
        }
        return 0;
    }

    private Optional<Path> folder(Arguments arguments) {
        return arguments.take("techniques").map(GpuTool::path).or(() -> folder);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no path", e);
        }
    }

    private void techniques(PrintWriter out, Arguments arguments) {
        if (arguments.help()) {
            out.println(HELP);
            return;
        }
        try (Techniques techniques = Techniques.load(GpuTool.class.getClassLoader(), folder(arguments))) {
            arguments.refuseRest();
            for (Technique<?> technique : techniques.all()) {
                out.printf("%-16s %s%n", technique.name(), technique.summary());
            }
            techniques.problems().forEach(problem -> out.println("not loaded: " + problem));
        }
    }

    private void devices(PrintWriter out, Arguments arguments) {
        if (arguments.help()) {
            out.println(HELP);
            return;
        }
        arguments.refuseRest();
        try (Engine engine = Engine.start()) {
            List<ManagedDevice> devices = engine.devices().devices();
            int width = devices.stream()
                    .mapToInt(device -> device.getName().length())
                    .max()
                    .orElse(0);
            String row = "%-10s %-8s %-" + Math.max(width, 16) + "s %10s %10s  %s%n";
            out.printf(row, "device", "backend", "name", "memory", "free", "state");
            String threads = Runtime.getRuntime().availableProcessors() + " threads";
            out.printf(row, "java", Compute.JAVA, threads, Memory.text(Memory.share(1)), "", "ready");
            for (ManagedDevice device : devices) {
                out.printf(
                        row,
                        device.getId(),
                        device.getBackend(),
                        device.getName(),
                        Memory.text(device.getMemoryTotal()),
                        Memory.text(device.getMemoryFree()),
                        device.getState() + (device.isProcessor() ? ", only when asked for: a processor" : ""));
            }
            // behind the devices: what is missing for further ones
            engine.devices().describe().stream().skip(devices.size()).forEach(out::println);
        }
    }

    private int reduce(PrintWriter out, PrintWriter err, Arguments arguments)
            throws InvalidInputException, IOException, InterruptedException {
        String name = arguments
                .word(1)
                .orElseThrow(() -> new IllegalArgumentException(
                        "gpu run needs the name of a technique; gpu techniques lists them"));
        try (Techniques techniques = Techniques.load(GpuTool.class.getClassLoader(), folder(arguments))) {
            if (arguments.help()) {
                help(out, techniques.get(name));
                return 0;
            }
            Path in = arguments
                    .take("in")
                    .map(GpuTool::path)
                    .orElseThrow(() -> new IllegalArgumentException("gpu run " + name + " needs --in FILE"));
            Path directory = path(arguments.take("out").orElse("."));
            String backend = arguments.take("backend").orElse(Reducer.AUTO);
            Reducer.requireBackend(backend);
            GpuStep<?> step = GpuStep.of(techniques.get(name), arguments.options());
            Reduced reduced;
            try (Engine engine = Engine.start(techniques);
                    ProgressBar bar = new ProgressBar(err, in.toString())) {
                reduced = step.reduce(engine.reducer(), Input.of(in), directory, backend, bar);
            } catch (IllegalArgumentException e) {
                // not of how it was called, which was checked above
                throw new IOException(e.getMessage(), e);
            }
            tell(out, reduced);
            return 0;
        }
    }

    private static void tell(PrintWriter out, Reduced reduced) {
        out.println("result   " + reduced.result());
        reduced.preview().ifPresent(preview -> out.println("preview  " + preview));
        out.println("backend  " + reduced.backend() + ", " + reduced.device());
        Reduced.Seconds seconds = reduced.seconds();
        out.println(String.format(
                Locale.ROOT,
                "seconds  %.3f: read %.3f, compute %.3f, write %.3f",
                seconds.total(),
                seconds.read(),
                seconds.compute(),
                seconds.write()));
        out.println(reduced.summary().title());
        Map<String, Object> metrics = reduced.summary().metrics();
        int width = metrics.keySet().stream().mapToInt(String::length).max().orElse(0);
        metrics.forEach((name, value) -> out.println("  " + name + " ".repeat(width - name.length() + 2) + value));
    }

    private static <O> void help(PrintWriter out, Technique<O> technique) {
        O defaults = technique.options();
        out.println("gpu run " + technique.name() + " --in FILE [--out DIR] [--backend BACKEND] [--OPTION VALUE …]");
        out.println(technique.summary());
        for (TechniqueOption option : OptionsBinder.options(defaults.getClass())) {
            Object value = option.get(defaults);
            String choices = option.choices().isEmpty() ? option.kind() : String.join(", ", option.choices());
            out.println();
            out.println("--" + option.name() + "  (" + choices
                    + (value == null || value.equals("") ? "" : "; default: " + value) + ")");
            out.println("    " + option.description());
        }
    }
}
