package org.lightpipe.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Watches a storage all the time: whatever has its final name must be whole, and whatever the catalog says is stored
 * must lie there under its final name.
 */
final class FinalNames implements AutoCloseable {

    private final Path data;
    private final Map<String, String> written;
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final Map<String, Long> proved = new HashMap<>();
    private final AtomicLong looks = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "final-names");
    private volatile boolean stop;

    /** A catalog that can be asked. */
    interface Source {
        CatalogView view() throws Exception;
    }

    private final Source catalog;

    FinalNames(Path data, Map<String, String> written, Source catalog) {
        this.data = data;
        this.written = written;
        this.catalog = catalog;
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the watch; answers what was ever found wrong. */
    List<String> wrong() {
        close();
        return List.copyOf(wrong);
    }

    long looks() {
        return looks.get();
    }

    private void watch() {
        try {
            while (!stop) {
                look();
                looks.incrementAndGet();
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            wrong.add("the watcher failed: " + e);
        }
    }

    private void look() throws IOException, InterruptedException {
        CatalogView view = null;
        if (looks.get() % 20 == 0) {
            try {
                view = catalog.view();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                // the hub does not answer at the moment
            }
        }
        if (Files.exists(data)) {
            try (Stream<Path> paths = Files.walk(data)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    if (Files.isRegularFile(path) && !Proofs.isTemporary(path)) {
                        look(path);
                    }
                }
            } catch (java.io.UncheckedIOException e) {
                // a temporary file went away while the directory was listed
            }
        }
        if (view != null) {
            for (JsonNode file : view.files()) {
                check(file);
            }
        }
    }

    /** Whole at first sight; from then on its size is looked at, and the end of the test proves all once more. */
    private void look(Path path) throws IOException {
        String name = data.relativize(path).toString();
        try {
            long size = Files.size(path);
            Long before = proved.get(name);
            if (before == null ? !Sha256.of(path).equals(written.get(name)) : before != size) {
                wrong.add(name + " has " + size + " bytes under its final name and is not what was written");
            }
            proved.put(name, size);
        } catch (NoSuchFileException e) {
            wrong.add(name + " vanished");
        }
    }

    private void check(JsonNode file) {
        String name = file.path("path").asText();
        if (CatalogView.isStored(file)) {
            if (!file.path("digest").asText().equals(written.get(name))) {
                wrong.add("the catalog says of " + name + ": " + file);
            }
            if (!Files.exists(data.resolve(name))) {
                wrong.add("the catalog says that " + name + " is stored, and it is not there");
            }
        }
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join(30_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
