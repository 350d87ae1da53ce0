/** The command line: {@code ./lightpipe run | check | status | demo | experiment | daq | recall | step | token}. */
package org.lightpipe.hub.cli;
