/** A storage behind HTTP: the few WebDAV requests that the hub needs, streamed, with time-outs and plain failures. */
package org.lightpipe.storage.webdav;
