package org.lightpipe.workflow;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lightpipe.core.Sha256;
import org.springframework.jdbc.core.JdbcTemplate;

/** Result files of one run of a job, with their digests. Used by one thread. */
final class Results {

    private final JdbcTemplate jdbc;
    private final long jobId;
    private final Path analysis;
    private final Map<String, FileStamp> taken = new HashMap<>();

    /** @param analysis directory to which the paths of results are relative */
    Results(JdbcTemplate jdbc, long jobId, Path analysis) {
        this.jdbc = jdbc;
        this.jobId = jobId;
        this.analysis = analysis;
    }

    /**
     * A result.
     *
     * @param path relative to the analysis directory
     * @param size bytes
     * @param digest SHA-256 in hexadecimal
     */
    record Result(String path, long size, String digest) {

        String kind() {
            return path.toLowerCase(Locale.ROOT).endsWith(".png") ? "preview" : "data";
        }
    }

    /** Reads files and takes their digests. */
    List<Result> take(Collection<Path> files) throws IOException, InterruptedException {
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            String path = analysis.relativize(file).toString();
            taken.put(path, FileStamp.of(file)); // before reading: what is written meanwhile shows as a change
            results.add(digest(path, file));
        }
        return results;
    }

    /** Puts results into the catalog; a file that is there already is put anew. */
    void put(List<Result> results) {
        for (Result result : results) {
            jdbc.update(
                    "insert into result (job_id, path, kind, size, digest) values (?, ?, ?, ?, ?)"
                            + " on conflict (job_id, path) do update set size = excluded.size, digest = excluded.digest",
                    jobId,
                    result.path(),
                    result.kind(),
                    result.size(),
                    result.digest());
        }
    }

    /**
     * Reads again what later stages have changed, and what stages of an earlier run have made, so that every digest is
     * that of the file as the job leaves it.
     *
     * @return results to put anew
     */
    List<Result> changed() throws IOException, InterruptedException {
        List<Path> changed = new ArrayList<>();
        for (String path : paths()) {
            Path file = analysis.resolve(path);
            if (Files.exists(file) && !FileStamp.of(file).equals(taken.get(path))) {
                changed.add(file);
            }
        }
        return take(changed);
    }

    /** Forgets results that a later stage has removed. */
    void forgetRemoved() {
        for (String path : paths()) {
            if (!Files.exists(analysis.resolve(path))) {
                jdbc.update("delete from result where job_id = ? and path = ?", jobId, path);
            }
        }
    }

    private List<String> paths() {
        return jdbc.queryForList("select path from result where job_id = ? order by id", String.class, jobId);
    }

    private static Result digest(String path, Path file) throws IOException, InterruptedException {
        try {
            Sha256.Sum sum = Sha256.of(file);
            return new Result(path, sum.size(), sum.digest());
        } catch (InterruptedIOException e) {
            Thread.interrupted();
            throw new InterruptedException("the hub stops");
        }
    }
}
