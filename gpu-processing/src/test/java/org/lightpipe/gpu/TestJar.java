package org.lightpipe.gpu;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A jar with a technique as a facility would write one, compiled here. */
final class TestJar {

    private static final String SERVICE = "META-INF/services/org.lightpipe.gpu.technique.Technique";

    private static final String SOURCE = """
            package org.example;

            import java.util.Map;
            import org.apache.camel.spi.UriParam;
            import org.lightpipe.gpu.core.FrameSource;
            import org.lightpipe.gpu.technique.Job;
            import org.lightpipe.gpu.technique.Preview;
            import org.lightpipe.gpu.technique.Summary;
            import org.lightpipe.gpu.technique.Technique;

            public final class CLASS implements Technique<CLASS.Options> {
                EXTRA

                public static final class Options {
                    @UriParam(description = "How dark is dark", defaultValue = "0", label = "NAME")
                    double OPTION;
                }

                public String name() {
                    return "NAME";
                }

                public String summary() {
                    return "Finds the darkest pixel.";
                }

                public Options options() {
                    return new Options();
                }

                public Summary run(Job job, Options options) throws Exception0 {
                    FrameSource frames = job.frames("");
                    float[] pixels = new float[frames.rows() * frames.columns()];
                    float[] darkest = {Float.MAX_VALUE};
                    frames.forEachBlock(0, frames.frames(), 1, block -> {
                        block.floats(0, pixels);
                        for (float pixel : pixels) {
                            darkest[0] = Math.min(darkest[0], pixel);
                        }
                    });
                    job.compute(0, 0);
                    job.result().dataset("/entry/darkest", darkest[0] + options.OPTION, "counts");
                    return new Summary("Darkest", Map.of(), Map.of("darkest", darkest[0] + options.OPTION),
                            new Preview.Image(new float[][] {{1}}));
                }
            }
            """.replace(
            "Exception0", "org.lightpipe.gpu.core.InvalidInputException, java.io.IOException, InterruptedException");

    private final String name;
    private final String className;
    private final String extra;
    private final String option;

    private TestJar(String name, String className, String extra, String option) {
        this.name = name;
        this.className = className;
        this.extra = extra;
        this.option = option;
    }

    /**
     * @param name of the technique; its class and its jar have the same
     * @param extra members of the class
     */
    static TestJar technique(String name, String extra) {
        return new TestJar(
                name, "org.example." + name.substring(0, 1).toUpperCase() + name.substring(1), extra, "darkness");
    }

    /** A jar that only names a class. */
    static TestJar naming(String className) {
        return new TestJar("", className, "", "");
    }

    TestJar withOption(String wanted) {
        return new TestJar(name, className, extra, wanted);
    }

    Path in(Path directory) throws IOException {
        return in(directory, name + ".jar");
    }

    Path in(Path directory, String file) throws IOException {
        Path jar = directory.resolve(file);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            add(
                    entries,
                    SERVICE,
                    ("# a facility's own\n" + className + " # the only one\n").getBytes(StandardCharsets.UTF_8));
            if (!name.isEmpty()) {
                Path classes = compiled(
                        Files.createDirectories(directory.resolve(".classes").resolve(name)));
                try (Stream<Path> files = Files.walk(classes)) {
                    for (Path path : files.filter(Files::isRegularFile).toList()) {
                        add(entries, classes.relativize(path).toString(), Files.readAllBytes(path));
                    }
                }
            }
        }
        return jar;
    }

    private static void add(JarOutputStream entries, String name, byte[] content) throws IOException {
        entries.putNextEntry(new JarEntry(name));
        entries.write(content);
        entries.closeEntry();
    }

    private Path compiled(Path classes) throws IOException {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        String source = SOURCE.replace("CLASS", simple)
                .replace("NAME", name)
                .replace("EXTRA", extra)
                .replace("OPTION", option);
        JavaFileObject text =
                new SimpleJavaFileObject(
                        URI.create("string:///org/example/" + simple + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter words = new StringWriter();
        boolean compiled = compiler.getTask(
                        words,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(text))
                .call();
        if (!compiled) {
            throw new IllegalStateException(words.toString());
        }
        return classes;
    }
}
