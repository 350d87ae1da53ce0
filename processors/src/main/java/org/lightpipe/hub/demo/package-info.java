/** The demonstration: a detector that writes, a hub that does its nine steps, and the proof of each. */
package org.lightpipe.hub.demo;
