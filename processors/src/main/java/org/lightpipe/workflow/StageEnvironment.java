package org.lightpipe.workflow;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.TreeMap;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.config.ConfigurationReader;

/**
 * Environment of a command: its arguments and the least that programs need. The hub's own environment, which may hold
 * secrets, is not passed on.
 */
final class StageEnvironment {

    private StageEnvironment() {}

    /**
     * @param arguments every argument by name
     * @param mark tells the processes of this attempt
     * @param hub environment of the hub
     * @throws PermanentFailureException when an argument cannot be passed on unchanged
     */
    static Map<String, String> of(Map<String, String> arguments, String mark, Map<String, String> hub) {
        Map<String, String> environment = new TreeMap<>();
        arguments.forEach((name, value) -> {
            if (ConfigurationReader.isReserved(name) || name.equals(ProcessTree.MARK)) {
                throw new PermanentFailureException("an argument cannot be called '" + name
                        + "', which means something to every program; rename it in the workflow");
            }
            check(name, value);
            environment.put(name, value);
        });
        environment.put("PATH", hub.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
        environment.put("HOME", System.getProperty("user.home"));
        environment.put("LANG", hub.getOrDefault("LANG", "C.UTF-8"));
        environment.put(ProcessTree.MARK, mark);
        return environment;
    }

    /** Java would put a question mark for what the locale cannot express: another value, and so another file. */
    static void check(String name, String value) {
        Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        boolean expressible = locale.newEncoder().canEncode(value)
                && Charset.defaultCharset().newEncoder().canEncode(value);
        if (!expressible || value.indexOf('\0') >= 0) {
            throw new PermanentFailureException(
                    "'" + name + "' has a character in it that cannot be passed to a program" + " in the hub's locale ("
                            + locale + "); start the hub with LC_ALL=C.UTF-8");
        }
    }
}
