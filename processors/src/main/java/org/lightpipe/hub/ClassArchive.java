package org.lightpipe.hub;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVM's archive of the hub's classes (class data sharing). The first hub of a build writes it when it stops, where
 * the launcher asks for one; with it, later hubs need less than half of the processor time to start.
 */
public final class ClassArchive {

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    /** Set by the launcher, together with {@code -XX:+RecordDynamicDumpInfo}, as long as there is no archive. */
    private static final String PROPERTY = "lightpipe.class-archive";

    private ClassArchive() {}

    /** Writes the archive if one is wanted. A hub without it is a hub that starts slower: nothing here is a failure. */
    public static void writeIfWanted() {
        Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).ifPresent(ClassArchive::write);
    }

    private static void write(Path archive) {
        Path temporary =
                archive.resolveSibling("." + ProcessHandle.current().pid() + "-" + archive.getFileName() + ".part");
        try {
            if (Files.exists(archive)) {
                return;
            }
            Object answer = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", temporary.toString()}},
                            new String[] {String[].class.getName()});
            LOG.debug("class archive: {}", answer);
            // A JVM that maps half an archive would crash: it gets its name when it is whole.
            Files.move(temporary, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (JMException | IOException | RuntimeException e) {
            LOG.debug("no class archive was written", e);
        } finally {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                LOG.debug("{} is left over", temporary, e);
            }
        }
    }
}
