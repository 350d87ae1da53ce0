package org.lightpipe.storage;

/** The name of a copy that is under way: hidden, and made of a number, so that it never gets too long. */
public final class TemporaryName {

    private static final String BEGIN = ".lightpipe-";
    private static final String END = ".part";

    private TemporaryName() {}

    /** @param number tells it from all others of its directory */
    public static String of(Object number) {
        return BEGIN + number + END;
    }

    /** True for the name of a copy that is under way, or of what is left of one. */
    public static boolean isOne(String name) {
        return name.startsWith(BEGIN) && name.endsWith(END);
    }
}
