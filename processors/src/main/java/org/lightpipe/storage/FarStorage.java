package org.lightpipe.storage;

import org.lightpipe.sftp.FarDirectories;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.SftpPool;

/**
 * A storage behind SFTP.
 *
 * @param pool connections to it
 * @param paths what its paths are on the far side
 * @param directories makes its directories
 * @param fileMode mode of files
 */
public record FarStorage(SftpPool pool, FarPath paths, FarDirectories directories, int fileMode) {}
