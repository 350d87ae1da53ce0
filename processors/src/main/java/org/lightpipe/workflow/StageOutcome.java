package org.lightpipe.workflow;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a stage that succeeded tells.
 *
 * @param exitStatus exit status of a command
 * @param output last part of what it printed
 * @param metrics headline numbers by name
 * @param files files that it names as results, beside its declared outputs
 */
record StageOutcome(OptionalInt exitStatus, String output, Map<String, Object> metrics, List<Path> files) {}
