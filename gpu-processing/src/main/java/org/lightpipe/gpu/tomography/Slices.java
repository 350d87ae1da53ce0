package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.core.InvalidInputException;

/**
 * Which slices are wanted.
 *
 * @param first the row of the first of them
 * @param count how many
 * @param single whether one slice was asked for, and not a volume of one
 * @param centerRow the row in which the rotation centre is searched
 */
record Slices(int first, int count, boolean single, int centerRow) {

    static Slices of(Scan scan, TomographyOptions options) throws InvalidInputException {
        int rows = scan.rows();
        if (options.slice != null && (options.slice < 0 || options.slice >= rows)) {
            throw invalid(scan, "slice=" + options.slice, rows);
        }
        int middle = options.nsino == null ? rows / 2 : (int) (options.nsino * (rows - 1));
        if (!options.volume && options.startRow == null && options.endRow == null) {
            int row = options.slice == null ? middle : options.slice;
            return new Slices(row, 1, true, row);
        }
        int first = options.startRow == null ? 0 : options.startRow;
        int end = options.endRow == null || options.endRow < 0 ? rows : options.endRow;
        if (first >= end || end > rows) {
            throw invalid(scan, "startRow=" + first + " and endRow=" + end, rows);
        }
        int center = options.nsino == null ? first + (end - first) / 2 : middle;
        return new Slices(first, end - first, false, center);
    }

    private static InvalidInputException invalid(Scan scan, String what, int rows) {
        return new InvalidInputException(
                scan.file() + ": " + what + ", but " + scan.dataset() + " has the rows 0 to " + (rows - 1));
    }

    /** @return the row of the slice that is shown */
    int middle() {
        return first + count / 2;
    }
}
