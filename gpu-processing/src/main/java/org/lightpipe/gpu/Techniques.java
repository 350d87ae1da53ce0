package org.lightpipe.gpu;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.lightpipe.gpu.technique.FrameFormat;
import org.lightpipe.gpu.technique.Technique;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The techniques that there are: those of the class path, and those of jars in a folder. What cannot be used is told, and
 * keeps nothing else from working. Thread-safe.
 */
public final class Techniques implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Techniques.class);

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

    /** A list of providers that is broken in every line would else be read for ever. */
    private static final int MOST_ERRORS = 100;

    private final Map<String, Technique<?>> byName = new TreeMap<>();
    private final List<FrameFormat> formats = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<URLClassLoader> loaders = new ArrayList<>();

    private Techniques() {}

    /**
     * @param loader sees the techniques of the application
     * @param folder with jars of further ones; one that is not there is none
     */
    public static Techniques load(ClassLoader loader, Optional<Path> folder) {
        Techniques techniques = new Techniques();
        techniques.services(loader, Technique.class).forEach(found -> techniques.add(found, "the class path"));
        techniques.formats.addAll(techniques.services(loader, FrameFormat.class));
        folder.filter(Files::isDirectory).ifPresent(directory -> techniques.addJars(directory, loader));
        techniques.problems.forEach(LOG::error);
        return techniques;
    }

    private <S> List<S> services(ClassLoader loader, Class<S> service) {
        List<S> found = new ArrayList<>();
        Iterator<S> providers = ServiceLoader.load(service, loader).iterator();
        for (int errors = 0; errors < MOST_ERRORS; ) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                found.add(providers.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                errors++;
                problems.add("a technique cannot be loaded: " + e.getMessage()
                        + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
            }
        }
        return found;
    }

    private void addJars(Path directory, ClassLoader parent) {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.jar")) {
            found.forEach(jars::add);
        } catch (IOException e) {
            problems.add(directory + ": cannot be listed: " + e.getMessage());
        }
        if (jars.isEmpty()) {
            return;
        }
        Collections.sort(jars);
        URLClassLoader loader =
                new URLClassLoader(jars.stream().map(Techniques::url).toArray(URL[]::new), parent);
        loaders.add(loader);
        for (Path path : jars) {
            TechniqueJar jar = new TechniqueJar(path, loader, problems);
            jar.providers(Technique.class).forEach(found -> add(found, path.toString()));
            formats.addAll(jar.providers(FrameFormat.class));
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("every path is a URL", e);
        }
    }

    private void add(Technique<?> technique, String origin) {
        String what = origin + ": " + technique.getClass().getName();
        try {
            String name = technique.name();
            if (name == null || !NAME.matcher(name).matches()) {
                problems.add(what + " has the name '" + name + "'; lower case letters, digits and hyphens are wanted");
            } else if (byName.containsKey(name)) {
                problems.add(what + " has the name '" + name + "', which "
                        + byName.get(name).getClass().getName() + " has already; give it another one");
            } else {
                Set<String> taken = OptionsBinder.reservedIn(technique.options().getClass());
                if (taken.isEmpty()) {
                    byName.put(name, technique);
                } else {
                    problems.add(what + " has the option " + String.join(", ", taken)
                            + ", a name that every technique has already; give it another one");
                }
            }
        } catch (RuntimeException | LinkageError e) {
            problems.add(what + " cannot be used: " + e);
        }
    }

    /** @return every technique, by name */
    public Collection<Technique<?>> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /**
     * @return the technique of a name
     * @throws IllegalArgumentException says which there are, and which could not be loaded
     */
    public Technique<?> get(String name) {
        Technique<?> technique = byName.get(name);
        if (technique == null) {
            throw new IllegalArgumentException("gpu:" + name + ": there is no such technique; there are "
                    + String.join(", ", byName.keySet()) + Words.meant(name, byName.keySet())
                    + (problems.isEmpty() ? "" : "; not loaded: " + String.join("; ", problems)));
        }
        return technique;
    }

    /** @return the formats of files with frames that are not HDF5 */
    public List<FrameFormat> formats() {
        return Collections.unmodifiableList(formats);
    }

    /** @return what could not be used, and why, one line each */
    public List<String> problems() {
        return Collections.unmodifiableList(problems);
    }

    /** Closes the jars. */
    @Override
    public void close() {
        for (URLClassLoader loader : loaders) {
            try {
                loader.close();
            } catch (IOException e) {
                LOG.debug("a jar cannot be closed", e);
            }
        }
    }
}
