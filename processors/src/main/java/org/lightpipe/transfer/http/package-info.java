/** Files into a storage behind HTTP (WebDAV). */
package org.lightpipe.transfer.http;
