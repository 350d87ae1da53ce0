/** Files into a storage that only programs reach, such as {@code rsync}. */
package org.lightpipe.transfer.command;
