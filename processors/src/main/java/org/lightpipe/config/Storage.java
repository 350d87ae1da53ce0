package org.lightpipe.config;

import java.util.Map;
import java.util.Optional;

/**
 * Where a beamline's data goes.
 *
 * @param name name of the storage, under which its limits and its state are shown
 * @param uri {@code file:}, {@code sftp:}, {@code http:}/{@code https:} (WebDAV), {@code globus:} or {@code command:},
 *     options included; its path is the storage root
 * @param group POSIX group of an experiment's directories and files, if one is wanted
 * @param directoryMode mode of directories, such as 02770
 * @param fileMode mode of files, such as 0640
 * @param transfer how files are put into it
 * @param settings what only its kind knows, such as the commands of a {@code command:} storage
 * @param acl whether users of an experiment get entries in access control lists
 */
public record Storage(
        String name,
        String uri,
        Optional<String> group,
        int directoryMode,
        int fileMode,
        TransferPolicy transfer,
        Map<String, String> settings,
        Acl acl) {

    /** Whether users of an experiment get entries in access control lists ({@code file:} only). */
    public enum Acl {
        /** Where the file system has such lists. */
        AUTO,
        /** Always: where it has none, that is a failure. */
        TRUE,
        /** Never: lists that are there are left alone. */
        FALSE
    }

    /** A storage whose access control lists are used where there are any. */
    public Storage(
            String name,
            String uri,
            Optional<String> group,
            int directoryMode,
            int fileMode,
            TransferPolicy transfer,
            Map<String, String> settings) {
        this(name, uri, group, directoryMode, fileMode, transfer, settings, Acl.AUTO);
    }

    /** A storage with the usual policy. */
    public Storage(String name, String uri, Optional<String> group, int directoryMode, int fileMode) {
        this(name, uri, group, directoryMode, fileMode, TransferPolicy.standard(), Map.of());
    }

    /** True when the storage is a mounted file system, which a stage can read in place. */
    public boolean isLocal() {
        return uri.startsWith("file:");
    }
}
