/** Step 4: stored files are catalogued with what they say of themselves; a scan that is complete becomes a dataset. */
package org.lightpipe.dataset;
