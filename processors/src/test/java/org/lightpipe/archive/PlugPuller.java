package org.lightpipe.archive;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process that does one step and dies on the spot at a milestone: nothing is closed, nothing is tidied up. */
final class PlugPuller {

    static final int DEAD = 137;

    private PlugPuller() {}

    /** Arguments: the step and the milestone. The facility's address comes by standard input, a word a line. */
    public static void main(String[] arguments) throws IOException {
        List<String> address = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .lines()
                .toList();
        try (Facility facility = Facility.open(address)) {
            facility.step(arguments[0], name -> {
                if (name.equals(arguments[1])) {
                    Runtime.getRuntime().halt(DEAD);
                }
            });
        }
    }
}
