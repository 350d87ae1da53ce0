/** A storage that only programs reach, such as {@code rsync}: each operation is a command that the configuration gives. */
package org.lightpipe.storage.command;
