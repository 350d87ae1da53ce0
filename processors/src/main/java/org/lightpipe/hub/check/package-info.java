/** Reads the route files as a person wrote them and says, with file and line, what Camel or the hub would refuse. */
package org.lightpipe.hub.check;
