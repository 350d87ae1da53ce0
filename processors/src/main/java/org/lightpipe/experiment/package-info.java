/** Step 1: an experiment is recorded from its form, its directories are made, its users get access. */
package org.lightpipe.experiment;
