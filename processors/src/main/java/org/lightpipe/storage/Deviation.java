package org.lightpipe.storage;

import java.util.Optional;

/**
 * A directory or file of which something is not as it should be.
 *
 * @param path where it is, as {@link org.lightpipe.core.RawName#shown} shows it
 * @param what what is not: {@code group}, {@code mode}, {@code access}, {@code default access}, {@code names}
 * @param is how it is
 * @param should how it should be
 * @param trouble why it could not be mended, where that was tried
 */
public record Deviation(String path, String what, String is, String should, Optional<String> trouble) {}
