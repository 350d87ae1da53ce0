/** Lightpipe. */
package org.lightpipe;
