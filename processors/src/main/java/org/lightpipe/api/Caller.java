package org.lightpipe.api;

/**
 * Who sent a request; the exchange property {@code user} once {@link Access} has let it in.
 *
 * @param username name of the user, as in the lists of users of experiments
 * @param operator true for those who run the hub and see everything
 */
public record Caller(String username, boolean operator) {

    /** The exchange property that holds it. */
    public static final String PROPERTY = "user";
}
