package org.lightpipe.config;

/**
 * A place where stages run.
 *
 * @param name name that stages use
 * @param type kind of resource: {@code local}
 * @param slots stages that may run at the same time
 */
public record Resource(String name, String type, int slots) {}
