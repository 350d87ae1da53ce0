package org.lightpipe.acquire;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/** Which files of a directory are taken. A glob matches the whole relative path or the name alone. */
final class PathFilter {

    private final List<PathMatcher> include;
    private final List<PathMatcher> exclude;

    PathFilter(List<String> include, List<String> exclude) {
        this.include = include.stream().map(PathFilter::matcher).toList();
        this.exclude = exclude.stream().map(PathFilter::matcher).toList();
    }

    private static PathMatcher matcher(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    boolean accepts(Path relative) {
        // Hidden names are how writers hide what they have not finished.
        if (relative.getFileName().toString().startsWith(".")) {
            return false;
        }
        return (include.isEmpty() || matches(include, relative)) && !matches(exclude, relative);
    }

    private static boolean matches(List<PathMatcher> matchers, Path relative) {
        return matchers.stream()
                .anyMatch(matcher -> matcher.matches(relative) || matcher.matches(relative.getFileName()));
    }
}
