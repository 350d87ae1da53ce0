/** Reading, writing and renaming in a storage, wherever it is. */
package org.lightpipe.storage;
