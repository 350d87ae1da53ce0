package org.lightpipe.portal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The publish step: makes the record of a dataset and proves that it can be read back. Thread-safe. */
public final class Portal {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final RecordWriter writer;

    public Portal(JdbcTemplate jdbc, TransactionTemplate transactions, Work work, AnalysisDirectories analysis) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.writer = new RecordWriter(jdbc, new ObjectMapper(), analysis);
    }

    /**
     * Publishes what a claimed publication is about. It can be repeated at any time; when there is more to show
     * meanwhile, nothing is written and the publication waits to be made again.
     *
     * @param id of the publication
     * @throws IOException when the preview cannot be read
     * @throws org.lightpipe.catalog.PermanentFailureException when the preview is not what the workflow declared
     */
    public void publish(long id) throws IOException {
        RecordDraft draft = writer.write(id);
        String digest = draft.preview().map(Preview::digest).orElse(null);
        byte[] png = draft.preview().map(Preview::png).orElse(null);
        transactions.executeWithoutResult(status -> {
            // the compare-and-set comes first: it locks the row, so that a new request waits and is not lost
            if (!work.done(Step.PUBLISH, id)) {
                return;
            }
            jdbc.update(
                    "update publication set record = ?::jsonb, preview = ?, search_text = to_tsvector('simple', ?),"
                            + " published_at = now() where id = ?",
                    draft.record().toString(),
                    png,
                    draft.searchText(),
                    id);
            prove(id, Optional.ofNullable(digest));
        });
    }

    private void prove(long id, Optional<String> digest) {
        Optional<String> stored = Optional.ofNullable(jdbc.queryForObject(
                "select encode(sha256(preview), 'hex') from publication where id = ? and record is not null",
                String.class,
                id));
        if (!stored.equals(digest)) {
            throw new IllegalStateException("the preview that the database holds has the SHA-256 "
                    + stored.orElse("of nothing") + ", not " + digest.orElse("of nothing"));
        }
    }
}
