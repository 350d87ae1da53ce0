package org.lightpipe.acquire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.config.DatasetRule;
import org.lightpipe.config.LiveConfiguration;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes finished files into the catalog in batches, each file with its dataset. Thread-safe. */
public final class Acquire {

    /** Rows of one transaction: enough that its commit costs little, few enough that its locks are short. */
    private static final int BATCH = 2_000;

    private static final int ATTEMPTS = 3;

    /**
     * Opens datasets, or adds to open ones, in the order of their names: whoever locks more than one does it in this
     * order, so that nobody waits in a circle.
     */
    private static final String DATASETS = """
            insert into dataset (experiment_id, name, part, file_count, byte_count, marked)
            select ?, n.name, coalesce((select max(d.part) from dataset d where d.experiment_id = ? and d.name = n.name), 0) + 1,
                n.files, n.bytes, n.marked
            from unnest(?::text[], ?::bigint[], ?::bigint[], ?::boolean[]) as n (name, files, bytes, marked)
            order by n.name collate "C"
            on conflict (experiment_id, name) where state = 'OPEN' do update set last_file_at = now(),
                file_count = dataset.file_count + excluded.file_count,
                byte_count = dataset.byte_count + excluded.byte_count, marked = dataset.marked or excluded.marked
            returning id, name
            """;

    /** What is another file than the catalog knows, or is to be taken again whatever it is. */
    private static final String CHANGED = "(f.size, f.mtime_ns) <> (excluded.size, excluded.mtime_ns)"
            + " or (f.inode <> excluded.inode and f.inode <> 0 and excluded.inode <> 0) or f.state = 'CHANGED'";

    /**
     * A new file is a new row. A known file whose size, time or inode is another is taken again: it was overwritten, or
     * it changed while it was copied. While its transfer runs only the generation moves on, and the transfer sees that.
     */
    private static final String FILES = """
            insert into file as f
                (experiment_id, daq_id, beamline, priority, dataset_id, path, source, size, mtime_ns, inode)
            select ?, ?, ?, ?, n.dataset_id, n.path, ? || n.path, n.size, n.mtime_ns, n.inode
            from unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
                as n (dataset_id, path, size, mtime_ns, inode)
            order by n.path collate "C"
            on conflict (experiment_id, path) do update set size = excluded.size, mtime_ns = excluded.mtime_ns,
                inode = excluded.inode, source = excluded.source, daq_id = excluded.daq_id,
                priority = excluded.priority, dataset_id = excluded.dataset_id, generation = f.generation + 1,
                attempts = 0, reason = null, failed_from = null, not_before = now(), since = now(),
                state = case when f.state = 'TRANSFERRING' then f.state else 'DETECTED' end,
                claimed_by = case when f.state = 'TRANSFERRING' then f.claimed_by end
            where %s
            returning path, generation
            """.formatted(CHANGED);

    private static final String KNOWN = """
            select f.path, f.size, f.mtime_ns, f.inode, f.state, f.dataset_id, d.name, d.state = 'OPEN' as open
            from file f join dataset d on d.id = f.dataset_id where f.experiment_id = ? and f.path = any(?)
            """;

    private static final String COUNT = """
            update dataset d set file_count = d.file_count + n.files, byte_count = d.byte_count + n.bytes
            from unnest(?::bigint[], ?::bigint[], ?::bigint[]) as n (id, files, bytes)
            where d.id = n.id and d.state = 'OPEN'
            """;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final LiveConfiguration configuration;
    private final Hints hints;

    /** With nobody to wake: the next steps find the files at their next look. */
    public Acquire(JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration) {
        this(jdbc, transactions, configuration, new Hints());
    }

    public Acquire(JdbcTemplate jdbc, TransactionTemplate transactions, LiveConfiguration configuration, Hints hints) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.configuration = configuration;
        this.hints = hints;
    }

    private record Monitor(long id, long experiment, String directory, String beamline, int priority) {}

    /** A file as the catalog has it. */
    private record Known(LandedFile file, String state, long dataset, String datasetName, boolean datasetIsOpen) {

        boolean isStill(LandedFile now) {
            boolean sameInode = file.inode() == 0 || now.inode() == 0 || file.inode() == now.inode();
            return file.size() == now.size()
                    && file.mtimeNs() == now.mtimeNs()
                    && sameInode
                    && !state.equals("CHANGED");
        }
    }

    /** A file that goes into the catalog. */
    private record News(LandedFile file, String dataset, boolean marker, Optional<Known> known) {

        /** It is in the dataset's counts already. */
        boolean isCounted() {
            return known.isPresent()
                    && known.get().datasetIsOpen()
                    && known.get().datasetName().equals(dataset);
        }

        Counts counts() {
            return isCounted() ? new Counts(0, file.size() - known.get().file().size()) : new Counts(1, file.size());
        }
    }

    private record Counts(long files, long bytes) {

        static final Counts NONE = new Counts(0, 0);

        Counts plus(Counts more) {
            return new Counts(files + more.files, bytes + more.bytes);
        }

        Counts negated() {
            return new Counts(-files, -bytes);
        }
    }

    /**
     * Catalogs finished files; those that it knows already, as they are, change nothing.
     *
     * @param daq id of the monitor that found them
     * @param files the files, as many as there are
     */
    public void detected(long daq, List<LandedFile> files) {
        for (int from = 0; from < files.size(); from += BATCH) {
            List<LandedFile> batch = files.subList(from, Math.min(files.size(), from + BATCH));
            insist(() -> transactions.executeWithoutResult(status -> write(monitor(daq), batch)));
        }
    }

    /** Two who write the same files or open the same dataset at the same moment: one of them has to do it again. */
    private static void insist(Runnable transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                transaction.run();
                return;
            } catch (ConcurrencyFailureException | DuplicateKeyException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Monitor monitor(long daq) {
        return jdbc.queryForObject(
                "select d.experiment_id, d.directory, e.beamline, d.priority from daq d"
                        + " join experiment e on e.id = d.experiment_id where d.id = ?",
                (row, index) -> new Monitor(
                        daq,
                        row.getLong("experiment_id"),
                        row.getString("directory"),
                        row.getString("beamline"),
                        row.getInt("priority")),
                daq);
    }

    private void write(Monitor monitor, List<LandedFile> files) {
        List<News> news =
                news(monitor, configuration.beamline(monitor.beamline()).dataset(), files);
        if (news.isEmpty()) {
            return;
        }
        Map<String, Long> datasets = open(monitor, news);
        Map<String, Integer> written = insert(monitor, news, datasets);
        correct(news, datasets, written);
        count(monitor, news, written);
        hints.wake(Step.TRANSFER);
    }

    /** After a restart every file is told once more: what the catalog knows already must not open a dataset. */
    private List<News> news(Monitor monitor, DatasetRule rule, List<LandedFile> files) {
        Map<String, LandedFile> byPath = new HashMap<>();
        files.forEach(file -> byPath.put(file.path(), file));
        Map<String, Known> known = new HashMap<>();
        jdbc.query(
                KNOWN,
                row -> {
                    LandedFile file = new LandedFile(
                            row.getString("path"), row.getLong("size"), row.getLong("mtime_ns"), row.getLong("inode"));
                    known.put(
                            file.path(),
                            new Known(
                                    file,
                                    row.getString("state"),
                                    row.getLong("dataset_id"),
                                    row.getString("name"),
                                    row.getBoolean("open")));
                },
                monitor.experiment(),
                byPath.keySet().toArray(String[]::new));
        Predicate<String> markers = rule.markers();
        List<News> news = new ArrayList<>();
        byPath.forEach((path, file) -> {
            Known before = known.get(path);
            if (before == null || !before.isStill(file)) {
                news.add(new News(file, datasetOf(rule, path), markers.test(path), Optional.ofNullable(before)));
            }
        });
        return news;
    }

    /** @return id by name */
    private Map<String, Long> open(Monitor monitor, List<News> news) {
        Map<String, Counts> counts = new HashMap<>();
        Map<String, Boolean> marked = new HashMap<>();
        for (News one : news) {
            counts.merge(one.dataset(), one.counts(), Counts::plus);
            marked.merge(one.dataset(), one.marker(), Boolean::logicalOr);
        }
        List<String> names = List.copyOf(counts.keySet());
        Map<String, Long> ids = new HashMap<>();
        jdbc.query(
                DATASETS,
                row -> {
                    ids.put(row.getString("name"), row.getLong("id"));
                },
                monitor.experiment(),
                monitor.experiment(),
                names.toArray(String[]::new),
                names.stream().map(name -> counts.get(name).files()).toArray(Long[]::new),
                names.stream().map(name -> counts.get(name).bytes()).toArray(Long[]::new),
                names.stream().map(marked::get).toArray(Boolean[]::new));
        return ids;
    }

    /** @return generation by path, of those that were written */
    private Map<String, Integer> insert(Monitor monitor, List<News> news, Map<String, Long> datasets) {
        Map<String, Integer> written = new HashMap<>();
        jdbc.query(
                FILES,
                row -> {
                    written.put(row.getString("path"), row.getInt("generation"));
                },
                monitor.experiment(),
                monitor.id(),
                monitor.beamline(),
                monitor.priority(),
                monitor.directory() + "/",
                news.stream().map(one -> datasets.get(one.dataset())).toArray(Long[]::new),
                news.stream().map(one -> one.file().path()).toArray(String[]::new),
                news.stream().map(one -> one.file().size()).toArray(Long[]::new),
                news.stream().map(one -> one.file().mtimeNs()).toArray(Long[]::new),
                news.stream().map(one -> one.file().inode()).toArray(Long[]::new));
        return written;
    }

    /**
     * What was counted for the datasets is almost always what happened. It is not when another monitor wrote the same
     * file at the same time, or when the file left another open dataset because the rule has changed.
     */
    private void correct(List<News> news, Map<String, Long> datasets, Map<String, Integer> written) {
        Map<Long, Counts> corrections = new TreeMap<>();
        for (News one : news) {
            Integer generation = written.get(one.file().path());
            boolean foreseen =
                    generation != null && (generation == 1) == one.known().isEmpty();
            if (!foreseen) {
                corrections.merge(datasets.get(one.dataset()), one.counts().negated(), Counts::plus);
            } else if (one.known().isPresent()
                    && !one.isCounted()
                    && one.known().get().datasetIsOpen()) {
                Known left = one.known().get();
                corrections.merge(left.dataset(), new Counts(-1, -left.file().size()), Counts::plus);
            }
        }
        if (!corrections.isEmpty()) {
            jdbc.update(
                    COUNT,
                    corrections.keySet().toArray(Long[]::new),
                    corrections.values().stream().map(Counts::files).toArray(Long[]::new),
                    corrections.values().stream().map(Counts::bytes).toArray(Long[]::new));
        }
    }

    /** The monitor has found what is new; of a file that has changed, what it has grown by. */
    private void count(Monitor monitor, List<News> news, Map<String, Integer> written) {
        Counts found = Counts.NONE;
        for (News one : news) {
            Integer generation = written.get(one.file().path());
            if (generation != null) {
                long before = one.known().map(known -> known.file().size()).orElse(0L);
                found = found.plus(
                        new Counts(generation == 1 ? 1 : 0, one.file().size() - before));
            }
        }
        jdbc.update(
                "update daq set found_files = found_files + ?, found_bytes = found_bytes + ? where id = ?",
                found.files(),
                found.bytes(),
                monitor.id());
    }

    static String datasetOf(DatasetRule rule, String path) {
        Matcher matcher = rule.name().matcher(path);
        String name = matcher.matches() ? matcher.group("dataset") : null;
        // A file that the rule does not know is not lost: it is a dataset of its own.
        return name == null || name.isEmpty() ? path : name;
    }
}
