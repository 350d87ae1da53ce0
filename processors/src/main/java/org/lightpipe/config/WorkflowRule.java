package org.lightpipe.config;

import java.util.List;
import java.util.Map;

/**
 * Selects a workflow for a complete dataset.
 *
 * @param workflow name of the workflow
 * @param files globs, one of which a file of the dataset must match; empty for any file
 * @param has metadata fields (HDF5 paths) that the file must have
 * @param arguments arguments for the workflow, over its defaults
 */
public record WorkflowRule(String workflow, List<String> files, List<String> has, Map<String, String> arguments) {}
