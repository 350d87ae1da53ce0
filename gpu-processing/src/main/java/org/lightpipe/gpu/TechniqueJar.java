package org.lightpipe.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * What a jar in the folder of techniques offers, read class by class: one that cannot be loaded is told with its jar, and
 * keeps nothing else from working.
 */
final class TechniqueJar {

    private final Path jar;
    private final ClassLoader loader;
    private final List<String> problems;

    /**
     * @param loader sees the jar, and those beside it
     * @param problems takes what is wrong, one line each
     */
    TechniqueJar(Path jar, ClassLoader loader, List<String> problems) {
        this.jar = jar;
        this.loader = loader;
        this.problems = problems;
    }

    /** @return an instance of each class that the jar names as a provider of a service */
    <S> List<S> providers(Class<S> service) {
        List<S> found = new ArrayList<>();
        for (String name : names("META-INF/services/" + service.getName())) {
            try {
                found.add(Class.forName(name, true, loader)
                        .asSubclass(service)
                        .getConstructor()
                        .newInstance());
            } catch (InvocationTargetException e) {
                problem(name, e.getCause());
            } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                problem(name, e);
            }
        }
        return found;
    }

    private void problem(String name, Throwable why) {
        Throwable reason = why instanceof ExceptionInInitializerError && why.getCause() != null ? why.getCause() : why;
        problems.add(jar + ": " + name + " cannot be loaded: " + reason);
    }

    private List<String> names(String entry) {
        List<String> names = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry list = file.getEntry(entry);
            if (list == null) {
                return names;
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(file.getInputStream(list), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String name = line.replaceFirst("#.*", "").strip();
                    if (!name.isEmpty()) {
                        names.add(name);
                    }
                }
            }
        } catch (IOException | SecurityException e) {
            String problem = jar + ": cannot be read: " + e.getMessage();
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
        }
        return names;
    }
}
