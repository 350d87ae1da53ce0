package org.lightpipe.config;

import java.util.Map;

/**
 * All that engineers wrote, checked as a whole.
 *
 * @param beamlines beamlines by name
 * @param workflows workflows by name
 * @param resources resources by name
 */
public record Configuration(
        Map<String, Beamline> beamlines, Map<String, Workflow> workflows, Map<String, Resource> resources) {}
