package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lightpipe.hub.client.HubClient;

/**
 * What a hub's catalog says of an experiment at one moment, as its interface tells it.
 *
 * @param datasets its datasets, with their files, jobs and bags
 */
record CatalogView(List<JsonNode> datasets) {

    /** States of a file that say that it is proved in storage, or was. */
    private static final Set<String> STORED =
            Set.of("STORED", "CATALOGUING", "CATALOGUED", "ARCHIVED", "RELEASED", "RECALLED");

    static CatalogView of(HubClient hub, String experiment) throws IOException, InterruptedException {
        List<JsonNode> datasets = new ArrayList<>();
        for (JsonNode summary : hub.get("/api/v1/datasets?experiment=" + experiment)) {
            datasets.add(hub.get("/api/v1/datasets/" + summary.path("id").asLong()));
        }
        return new CatalogView(datasets);
    }

    static boolean isStored(JsonNode file) {
        return STORED.contains(file.path("state").asText());
    }

    List<JsonNode> files() {
        List<JsonNode> files = new ArrayList<>();
        datasets.forEach(dataset -> dataset.path("files").forEach(files::add));
        return files;
    }

    /** Digests of the files that are in one of these states; fails when a file is there twice. */
    Map<String, String> digests(Set<String> states) {
        Map<String, String> digests = new TreeMap<>();
        for (JsonNode file : files()) {
            if (states.contains(file.path("state").asText())) {
                assertThat(digests.put(
                                file.path("path").asText(), file.path("digest").asText()))
                        .as("%s is in the catalog once", file.path("path").asText())
                        .isNull();
            }
        }
        return digests;
    }

    /** How many files there are in each state, and why some wait: for the message of a test that fails. */
    String summary() {
        Map<String, Integer> states = new TreeMap<>();
        List<String> reasons = new ArrayList<>();
        for (JsonNode file : files()) {
            states.merge(file.path("state").asText(), 1, Integer::sum);
            if (!file.path("reason").isNull() && reasons.size() < 5) {
                reasons.add(file.toString());
            }
        }
        for (JsonNode dataset : datasets) {
            for (JsonNode bag : dataset.path("bags")) {
                states.merge("bag " + bag.path("state").asText(), 1, Integer::sum);
                if (!bag.path("reason").isNull() && reasons.size() < 8) {
                    reasons.add(bag.toString());
                }
            }
        }
        return states + "\n" + String.join("\n", reasons);
    }
}
