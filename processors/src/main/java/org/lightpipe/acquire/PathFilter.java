package org.lightpipe.acquire;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import org.lightpipe.core.RawName;

/** Which files of a tree are taken. A glob matches the whole relative path or the name alone. */
final class PathFilter {

    /** The JDK's {@code **} ends at the end of a line. */
    private static final Pattern LINE_ENDS = Pattern.compile("[\\n\\r\\u0085\\u2028\\u2029]");

    private final List<PathMatcher> include;
    private final List<PathMatcher> exclude;
    private final boolean hidden;
    private final int minDepth;
    private final int maxDepth;

    PathFilter(List<String> include, List<String> exclude) {
        this(include, exclude, false, 0, Integer.MAX_VALUE);
    }

    /**
     * @param hidden whether names that begin with '.' are taken, too
     * @param minDepth fewest parts of a path; a file in the watched directory itself has 1
     * @param maxDepth most parts of a path
     */
    PathFilter(List<String> include, List<String> exclude, boolean hidden, int minDepth, int maxDepth) {
        this.include = include.stream().map(PathFilter::matcher).toList();
        this.exclude = exclude.stream().map(PathFilter::matcher).toList();
        this.hidden = hidden;
        this.minDepth = minDepth;
        this.maxDepth = maxDepth;
    }

    private static PathMatcher matcher(String glob) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    /** @param path relative, as {@link RawName} writes it */
    boolean accepts(String path) {
        // Hidden names are how writers hide what they have not finished.
        if (!hidden && isHidden(path)) {
            return false;
        }
        int depth = depth(path);
        if (depth < minDepth || depth > maxDepth) {
            return false;
        }
        if (include.isEmpty() && exclude.isEmpty()) {
            return true;
        }
        Path relative = RawName.path(LINE_ENDS.matcher(path).replaceAll("?"));
        return (include.isEmpty() || matches(include, relative)) && !matches(exclude, relative);
    }

    /** Whether files below a directory can be taken. */
    boolean enters(String directory) {
        return (hidden || !isHidden(directory)) && depth(directory) < maxDepth;
    }

    private static boolean isHidden(String path) {
        return path.startsWith(".", path.lastIndexOf('/') + 1);
    }

    private static int depth(String path) {
        return 1 + (int) path.chars().filter(c -> c == '/').count();
    }

    private static boolean matches(List<PathMatcher> matchers, Path relative) {
        return matchers.stream()
                .anyMatch(matcher -> matcher.matches(relative) || matcher.matches(relative.getFileName()));
    }
}
