/** The hub's REST interface: who may call it, what it answers, and its errors in words. */
package org.lightpipe.api;
