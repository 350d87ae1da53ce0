/** What a technique implements, and what it is given: the interface for facilities that add their own. */
package org.lightpipe.gpu.technique;
