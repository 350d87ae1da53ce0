package org.lightpipe.workflow;

import java.nio.file.Path;
import java.util.Map;
import org.lightpipe.config.Workflow.Stage;

/**
 * One attempt at a stage.
 *
 * @param run its row in the catalog
 * @param jobId job it belongs to
 * @param stage what to do
 * @param arguments every argument, the standard ones included
 * @param directory output directory, where commands run
 * @param log file for what a command prints
 */
record StageCall(StageRun run, long jobId, Stage stage, Map<String, String> arguments, Path directory, Path log) {}
