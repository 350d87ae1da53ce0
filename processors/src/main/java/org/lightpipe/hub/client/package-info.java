/** Talks to a running hub through its public API. */
package org.lightpipe.hub.client;
