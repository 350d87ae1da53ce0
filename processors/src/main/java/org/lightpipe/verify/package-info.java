/** Reads storage again and compares it with the catalog, in the background. */
package org.lightpipe.verify;
