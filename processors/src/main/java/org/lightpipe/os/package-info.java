/** Calls of the operating system that Java has no words for; each has a plain way round it where it is not there. */
package org.lightpipe.os;
