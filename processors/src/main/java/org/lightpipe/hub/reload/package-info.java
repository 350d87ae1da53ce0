/** Puts edited routes and configuration in force while the hub runs, and never makes things worse. */
package org.lightpipe.hub.reload;
