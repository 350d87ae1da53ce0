package org.lightpipe.hub.check;

import java.util.Set;

/**
 * Where a piece of a route stands.
 *
 * @param template true within a route template or Kamelet
 * @param names the template's parameters and own beans, which are only known when a route is made from it
 */
record Scope(boolean template, Set<String> names) {

    static final Scope ROUTE = new Scope(false, Set.of());
}
