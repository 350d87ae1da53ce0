package org.lightpipe.archive;

import java.nio.charset.StandardCharsets;
import org.lightpipe.core.Names;

/** Names of bags on tape. A dataset may be called anything; a file on tape may not. */
final class BagNames {

    /** Leaves room for the experiment's name, the part and a suffix within the 255 bytes of a file name. */
    private static final int LONGEST = 100;

    private BagNames() {}

    /** The one directory at the top of the bag: {@code experiment-dataset} or {@code experiment-dataset~2}. */
    static String topDirectory(String experiment, String dataset, int part, long datasetId) {
        return experiment + "-" + safe(dataset, datasetId) + suffix(part);
    }

    /** The bag's place in the tape library: {@code experiment/dataset.tar} or {@code experiment/dataset~2.tar}. */
    static String tapePath(String experiment, String dataset, int part, long datasetId) {
        return experiment + "/" + safe(dataset, datasetId) + suffix(part) + ".tar";
    }

    private static String suffix(int part) {
        return part == 1 ? "" : "~" + part;
    }

    /**
     * Percent-encodes what a name may not have, so that two datasets never share a file. '%-' cannot come from encoding,
     * so a shortened name with the dataset's id after it is unique as well.
     */
    private static String safe(String dataset, long datasetId) {
        if (Names.isSafe(dataset)) {
            return dataset;
        }
        StringBuilder encoded = new StringBuilder();
        for (byte b : dataset.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
            boolean inner = (c == '-' || c == '.') && !encoded.isEmpty();
            String next = plain || inner ? String.valueOf(c) : String.format("%%%02X", (int) c);
            if (encoded.length() + next.length() > LONGEST) {
                return encoded + "%-" + datasetId;
            }
            encoded.append(next);
        }
        return encoded.isEmpty() ? "%-" + datasetId : encoded.toString();
    }
}
