/** Step 3: every finished file is copied to its storage and proved there. */
package org.lightpipe.transfer;
