/** Whole hubs, started as an operator starts them, against real peers and faults. */
package org.lightpipe.it;
