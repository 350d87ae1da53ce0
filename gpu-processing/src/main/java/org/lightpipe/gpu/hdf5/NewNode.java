package org.lightpipe.gpu.hdf5;

import java.util.LinkedHashMap;
import java.util.Map;

/** A member of a group of a new file. */
sealed interface NewNode {

    /** Something that has attributes. */
    sealed interface Described extends NewNode {
        /** The messages of its attributes, by their names. */
        Map<String, byte[]> attributes();
    }

    /** A group. */
    record Group(Map<String, NewNode> members, Map<String, byte[]> attributes) implements Described {
        Group() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>());
        }
    }

    /**
     * A dataset, whose values have their place already.
     *
     * @param filters null if there are none
     */
    record Dataset(byte[] type, long[] shape, byte[] layout, byte[] filters, Map<String, byte[]> attributes)
            implements Described {}

    /** A link within the file. */
    record Soft(String target) implements NewNode {}

    /** A link to another file. */
    record External(String file, String target) implements NewNode {}
}
