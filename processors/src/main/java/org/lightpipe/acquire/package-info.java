/** Step 2: watches directories and finds the files that a detector has finished. */
package org.lightpipe.acquire;
