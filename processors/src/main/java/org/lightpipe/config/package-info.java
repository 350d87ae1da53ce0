/** What engineers write: beamlines, workflows and resources, as immutable records. */
package org.lightpipe.config;
