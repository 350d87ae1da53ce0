/** Selects the workflow of a dataset, and runs its stages: commands and Camel endpoints. */
package org.lightpipe.workflow;
