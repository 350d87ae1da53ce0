package org.lightpipe.gpu.technique;

import java.io.IOException;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * One way to reduce the data of a detector, such as a tomographic reconstruction: {@code gpu:name}. Found by
 * {@link java.util.ServiceLoader}. Stateless: several threads call one instance.
 *
 * @param <O> the class of its options: a bean with fields that Camel's {@code @UriParam} describes (name, label,
 *     default, allowed values, description) and that hold the defaults; types are String, boolean, int, long, double,
 *     Integer and Double (null = not given)
 */
public interface Technique<O> {

    /** @return the name in the URI, also part of the name of the result file: lower case letters, digits, hyphens */
    String name();

    /** @return one line for people */
    String summary();

    /** @return a new instance of the options, with their defaults */
    O options();

    /**
     * Looks at the options before any file arrives.
     *
     * @throws IllegalArgumentException names the option, its value and what it may be
     */
    default void check(O options) {}

    /**
     * Reduces one input: reads and checks first, then borrows a place to compute, then writes the result. Reads in
     * bounded memory. Called again from the beginning, with a new result, when a device failed.
     *
     * @throws InvalidInputException if the input or an option does not fit
     * @throws IOException if reading, computing or writing failed for an outside reason
     * @throws InterruptedException if the job is cancelled
     */
    Summary run(Job job, O options) throws InvalidInputException, IOException, InterruptedException;
}
