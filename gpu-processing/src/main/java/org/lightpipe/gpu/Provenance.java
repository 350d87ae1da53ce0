package org.lightpipe.gpu;

import java.time.Instant;

/**
 * Where a result comes from.
 *
 * @param technique the technique
 * @param backend the backend that computed it
 * @param inputName the name of the input file
 * @param inputSize its bytes
 * @param date when it was computed
 */
record Provenance(String technique, String backend, String inputName, long inputSize, Instant date) {}
