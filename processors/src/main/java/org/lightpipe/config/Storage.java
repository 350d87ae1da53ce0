package org.lightpipe.config;

import java.util.Optional;

/**
 * Where a beamline's data goes: a Camel endpoint of the file family.
 *
 * @param uri {@code file:} or {@code sftp:} endpoint, options included; its path is the storage root
 * @param group POSIX group of an experiment's directories and files, if one is wanted
 * @param directoryMode mode of directories, such as 02770
 * @param fileMode mode of files, such as 0640
 */
public record Storage(String uri, Optional<String> group, int directoryMode, int fileMode) {

    /** True when the storage is a mounted file system, which a stage can read in place. */
    public boolean isLocal() {
        return uri.startsWith("file:");
    }
}
