package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.technique.Technique;

/**
 * A technique with its options, checked: what an endpoint does with each input.
 *
 * @param technique what is done
 * @param options how
 */
record GpuStep<O>(Technique<O> technique, O options) {

    /**
     * @param given values of options by name
     * @throws IllegalArgumentException names the option, its value and what it may be
     */
    static <O> GpuStep<O> of(Technique<O> technique, Map<String, ?> given) {
        O options = OptionsBinder.bind(technique.name(), technique.options(), given);
        try {
            technique.check(options);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("gpu:" + technique.name() + ": " + e.getMessage(), e);
        }
        return new GpuStep<>(technique, options);
    }

    Reduced reduce(Reducer reducer, Input input, Path output, String backend, ProgressListener progress)
            throws InvalidInputException, IOException, InterruptedException {
        return reducer.reduce(technique, options, input, output, backend, progress);
    }
}
