/** The {@code gpu:} Camel component: one reduction of detector data as one step of a route. */
package org.lightpipe.gpu;
