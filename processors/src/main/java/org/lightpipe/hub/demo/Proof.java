package org.lightpipe.hub.demo;

/**
 * One line of the demo's table.
 *
 * @param number number of the step, from 1
 * @param step name of the step
 * @param what what it did
 * @param seconds how long it took
 * @param holds whether the proof holds
 * @param proof what was compared, in words
 */
record Proof(int number, String step, String what, double seconds, boolean holds, String proof) {}
