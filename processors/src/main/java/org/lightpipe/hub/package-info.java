/** The hub itself: its start and stop, its command line, what guards and shows it. */
package org.lightpipe.hub;
