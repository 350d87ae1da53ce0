package org.lightpipe.workflow;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Writes to the catalog again and again while the database is away. What took hours must not be lost because the
 * database restarts at its end, and a row that stayed claimed by a hub that lives would never be claimed again. Ends
 * only with the write or with the hub (an interrupt).
 */
final class Insistence {

    private static final Logger LOG = LoggerFactory.getLogger(Insistence.class);
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private Insistence() {}

    /** @param write something that may be repeated: one transaction, or one statement that compares and sets */
    static <T> T on(String what, Supplier<T> write) throws InterruptedException {
        long pause = FIRST_MILLIS;
        while (true) {
            try {
                return write.get();
            } catch (TransientDataAccessException
                    | RecoverableDataAccessException
                    | DataAccessResourceFailureException
                    | TransactionException e) {
                LOG.warn("{}: the database is away, trying again in {} ms: {}", what, pause, e.getMessage());
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LONGEST_MILLIS);
            }
        }
    }
}
