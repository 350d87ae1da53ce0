/** Step 8: datasets go to tape as BagIt bags, leave the disk once the tape is proved, and come back when asked for. */
package org.lightpipe.archive;
