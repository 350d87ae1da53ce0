package org.lightpipe.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which files are meant: all, those of an experiment, or those at or below a path in it.
 *
 * @param experiment id of the experiment, or none for every one
 * @param path with '/' between its parts and none at its ends; empty for all of the experiment
 */
public record FileScope(OptionalLong experiment, String path) {

    /** What follows '/' in the order of bytes: everything below a directory comes before it. */
    private static final String BEHIND_BELOW = "0";

    public FileScope {
        path = path.replaceAll("^/+|/+$", "");
        if (experiment.isEmpty() && !path.isEmpty()) {
            throw new IllegalArgumentException("a path needs its experiment");
        }
    }

    /** A condition with its arguments, for a table {@code file} that is called {@code f}. */
    public record Condition(String sql, List<Object> arguments) {}

    /**
     * The files of this scope behind one of them, in the order of experiments and paths, which an index has: what a
     * caller asks for next costs the same however many files come before it.
     */
    public Condition behind(long lastExperiment, String lastPath) {
        List<Object> arguments = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        if (experiment.isPresent()) {
            sql.append("f.experiment_id = ? and f.path > ?");
            arguments.add(experiment.getAsLong());
            arguments.add(lastPath);
        } else {
            sql.append("(f.experiment_id, f.path) > (?, ?)");
            arguments.add(lastExperiment);
            arguments.add(lastPath);
        }
        if (!path.isEmpty()) {
            sql.append(" and f.path >= ? and f.path < ? and (f.path = ? or f.path >= ?)");
            arguments.addAll(List.of(path, path + BEHIND_BELOW, path, path + "/"));
        }
        return new Condition(sql.toString(), arguments);
    }

    /** All files of this scope. */
    public Condition all() {
        return behind(0, "");
    }
}
