package org.lightpipe.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Which files form a dataset (a scan), and when it is complete.
 *
 * @param name pattern of a file's path with a group {@code dataset}, which names its dataset
 * @param quiet complete when no file has come for this long
 * @param marker complete as soon as a file of this name (a glob) is catalogued
 * @param count complete as soon as this many files are catalogued
 */
public record DatasetRule(Pattern name, Duration quiet, Optional<String> marker, OptionalInt count) {}
