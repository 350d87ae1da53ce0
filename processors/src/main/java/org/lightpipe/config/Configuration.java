package org.lightpipe.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * All that engineers wrote, checked as a whole.
 *
 * @param beamlines beamlines by name
 * @param workflows workflows by name
 * @param resources resources by name
 */
public record Configuration(
        Map<String, Beamline> beamlines, Map<String, Workflow> workflows, Map<String, Resource> resources) {

    /** Every storage that some beamline uses, by name. */
    public Map<String, Storage> storages() {
        Map<String, Storage> storages = new TreeMap<>();
        for (Beamline beamline : beamlines.values()) {
            storages.put(beamline.storage().name(), beamline.storage());
            beamline.copies().forEach(copy -> storages.put(copy.name(), copy));
        }
        return storages;
    }
}
