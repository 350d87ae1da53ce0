package org.lightpipe.config;

import java.util.List;
import java.util.Map;

/**
 * A workflow: stages that run one after the other, in the order of their keys.
 *
 * @param name name of the workflow
 * @param owner whose it is
 * @param description for people
 * @param arguments argument names with their defaults; an empty default must be given by the caller's rule or stays empty
 * @param stages stages in order
 */
public record Workflow(
        String name, String owner, String description, Map<String, String> arguments, List<Stage> stages) {

    /**
     * One stage. Either a command or a Camel endpoint.
     *
     * @param key name and place in the order
     * @param command shell command; sees its arguments as environment variables; empty for an endpoint
     * @param to scheme and path of a Camel endpoint, such as {@code gpu:tomography}; empty for a command
     * @param parameters options of the endpoint; {@code $name} stands for an argument
     * @param resource name of the resource it runs on
     * @param outputs paths that must exist afterwards, relative to the output directory; {@code $name} stands for an argument
     * @param timeout longest time in seconds that it may take
     */
    public record Stage(
            String key,
            String command,
            String to,
            Map<String, String> parameters,
            String resource,
            List<String> outputs,
            long timeout) {

        public boolean isCommand() {
            return !command.isEmpty();
        }
    }
}
