/** Files into a Globus collection, by tasks of Globus Transfer. */
package org.lightpipe.transfer.globus;
