package org.lightpipe.hub.cli;

import org.lightpipe.hub.client.HubClient;

/**
 * {@code EXPERIMENT[/PATH]}.
 *
 * @param experiment name of the experiment; empty for all
 * @param path below its data directory; empty for all of it
 */
record FileScopeWord(String experiment, String path) {

    static FileScopeWord of(String word) {
        int slash = word.indexOf('/');
        return slash < 0
                ? new FileScopeWord(word, "")
                : new FileScopeWord(word.substring(0, slash), word.substring(slash + 1));
    }

    String query() {
        return "experiment=" + HubClient.encoded(experiment) + "&path=" + HubClient.encoded(path);
    }
}
