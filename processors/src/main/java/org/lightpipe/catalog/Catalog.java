package org.lightpipe.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The catalog of this hub: migrated, with a pool of connections that all carry the number of this run, and a heartbeat
 * that is the lease on everything this run has claimed.
 */
public final class Catalog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final int CONNECTIONS = 24;

    private final HikariDataSource pool;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final long hubRun;
    private final ScheduledExecutorService heart;

    /**
     * Where the catalog is.
     *
     * @param url JDBC URL
     * @param username database user
     * @param password its password
     */
    public record Address(String url, String username, String password) {

        @Override
        public String toString() {
            return url + " as " + username;
        }
    }

    private Catalog(HikariDataSource pool, long hubRun, Duration lease) {
        this.pool = pool;
        this.jdbc = new JdbcTemplate(pool);
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        this.hubRun = hubRun;
        this.heart = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lightpipe-heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        long period = Math.max(lease.toMillis() / 4, 100);
        heart.scheduleAtFixedRate(this::beat, period, period, TimeUnit.MILLISECONDS);
    }

    /**
     * Opens the catalog.
     *
     * @param address where it is
     * @param hub name of this hub; an earlier run of the same name is over, and what it had claimed is free
     * @param lease for how long this run's claims hold without a heartbeat
     */
    public static Catalog open(Address address, String hub, Duration lease) {
        migrate(address);
        long run = register(address, hub, lease);
        HikariConfig config = new HikariConfig();
        config.setPoolName("catalog");
        config.setJdbcUrl(address.url());
        config.setUsername(address.username());
        config.setPassword(address.password());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(10_000);
        // A hub that is frozen in the middle of a transaction would keep its locks, and with them everybody's work,
        // for as long as it is frozen.
        config.setConnectionInitSql("set lightpipe.hub_run = '" + run + "'; set idle_in_transaction_session_timeout = "
                + 2 * lease.toMillis());
        config.addDataSourceProperty("ApplicationName", "lightpipe " + hub);
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return new Catalog(new HikariDataSource(config), run, lease);
    }

    private static void migrate(Address address) {
        try {
            Flyway.configure()
                    .dataSource(address.url(), address.username(), address.password())
                    .locations("classpath:db/migration")
                    .connectRetries(5)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new IllegalStateException(
                    "the catalog at " + address.url() + " cannot be used by this version of Lightpipe: "
                            + e.getMessage(),
                    e);
        }
    }

    private static long register(Address address, String hub, Duration lease) {
        SingleConnectionDataSource single =
                new SingleConnectionDataSource(address.url(), address.username(), address.password(), true);
        try {
            JdbcTemplate jdbc = new JdbcTemplate(single);
            jdbc.update("update hub_run set stopped_at = now() where name = ? and stopped_at is null", hub);
            Long run = jdbc.queryForObject(
                    "insert into hub_run (name, host, pid, lease) values (?, ?, ?, ? * interval '1 millisecond') returning id",
                    Long.class,
                    hub,
                    hostname(),
                    ProcessHandle.current().pid(),
                    lease.toMillis());
            if (run == null) {
                throw new IllegalStateException("the catalog gave this run no number");
            }
            return run;
        } finally {
            single.destroy();
        }
    }

    /** Name of this machine. */
    public static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private void beat() {
        try {
            jdbc.update("update hub_run set heartbeat_at = now() where id = ?", hubRun);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("the catalog does not answer: {}", e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            // Whatever it is, the heart must not stop beating because of it: an exception would end the schedule.
            LOG.error("the heartbeat failed, and is tried again", e);
        }
    }

    public DataSource dataSource() {
        return pool;
    }

    public JdbcTemplate jdbc() {
        return jdbc;
    }

    public TransactionTemplate transactions() {
        return transactions;
    }

    /** Number of this run of the hub. */
    public long hubRun() {
        return hubRun;
    }

    /** Ends this run: what it still holds is free at once. */
    @Override
    public void close() {
        heart.shutdownNow();
        try {
            jdbc.update("update hub_run set stopped_at = now() where id = ?", hubRun);
        } catch (DataAccessException e) {
            LOG.warn("the end of this run was not recorded; its claims end with its lease: {}", e.getMessage());
        }
        pool.close();
    }
}
