/** SFTP (version 3) over SSH with many requests in flight on few connections. */
package org.lightpipe.sftp;
