package org.lightpipe.hub;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How a hub is started.
 *
 * @param home directory with routes/, config/ and portal/
 * @param state directory for all that the hub keeps
 * @param profile name of the profile whose properties lie over the others
 * @param overrides properties that lie over all others
 * @param jmx where a remote console may connect; absent for nowhere
 */
public record HubOptions(
        Path home,
        Path state,
        Optional<String> profile,
        Map<String, String> overrides,
        Optional<RemoteJmx.Settings> jmx) {

    Path routes() {
        return home.resolve("routes");
    }

    Path config() {
        return home.resolve("config");
    }
}
