package org.lightpipe.gpu;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The options of an endpoint as a technique sees them.
 *
 * @param filter the window of the reconstruction filter
 * @param center the rotation centre in pixels of the detector row; empty = search for it
 * @param slice the detector row to reconstruct, counted from 0; empty = the middle one
 * @param dataset the path of the image stack in the file; empty = choose it
 */
public record TechniqueOptions(FilterWindow filter, OptionalDouble center, OptionalInt slice, String dataset) {

    /** @return the options of an endpoint on which nothing is set */
    public static TechniqueOptions defaults() {
        return new TechniqueOptions(FilterWindow.SHEPP, OptionalDouble.empty(), OptionalInt.empty(), "");
    }
}
