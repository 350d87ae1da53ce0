/** Reading, writing and renaming in a storage, wherever it is, through Camel's file components. */
package org.lightpipe.storage;
