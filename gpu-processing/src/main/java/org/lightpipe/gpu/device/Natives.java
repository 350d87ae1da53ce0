package org.lightpipe.gpu.device;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JCuda and JOCL write their natives to java.io.tmpdir under fixed names and load whatever lies there already, which on
 * a shared machine may be somebody else's: they get a folder that only this user can write to, and that is deleted once
 * they are loaded.
 */
final class Natives {

    private static final Logger LOG = LoggerFactory.getLogger(Natives.class);

    private Natives() {}

    /** Runs what touches the classes of such a library for the first time. */
    static synchronized <T> T privately(Callable<T> first) throws Exception {
        Path folder = Files.createTempDirectory("lightpipe-natives-");
        try {
            // the JDK keeps the first value that it sees for its own temporary files: let it see the old one
            Files.delete(File.createTempFile("probe", null, folder.toFile()).toPath());
            String before = System.getProperty("java.io.tmpdir");
            System.setProperty("java.io.tmpdir", folder.toString());
            try {
                return first.call();
            } finally {
                System.setProperty("java.io.tmpdir", before);
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            List<Path> files = found.sorted(Comparator.reverseOrder()).toList();
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} stays behind", folder, e);
        }
    }
}
