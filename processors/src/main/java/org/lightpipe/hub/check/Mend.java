package org.lightpipe.hub.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.lightpipe.core.YamlMap;

/** Words that say what to write instead. */
final class Mend {

    /** A longer list helps nobody. */
    private static final int MAX_LISTED = 12;

    private Mend() {}

    /** The nearest known name; or all of them when they are few; or else the given words. */
    static String nearest(String given, Collection<String> known, String otherwise) {
        List<String> names = new ArrayList<>(known);
        for (String name : names) {
            if (name.equalsIgnoreCase(given)) {
                return "did you mean '" + name + "'?";
            }
        }
        String words = known.isEmpty() ? "" : YamlMap.suggestion(given, names);
        boolean near = words.startsWith("did you mean");
        return near || (!words.isEmpty() && names.size() <= MAX_LISTED) ? words : otherwise;
    }
}
