package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One state directory for all tests, as a hub keeps it over many starts and accidents. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EmbeddedPostgresTest {

    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

    private static Path workplace;
    private static Path state;
    private static Path classPath;

    @BeforeAll
    static void prepare() throws IOException {
        // not @TempDir: another user must be able to enter
        workplace = Files.createTempDirectory("lightpipe-postgres-test");
        Files.setPosixFilePermissions(workplace, PosixFilePermissions.fromString("rwxr-xr-x"));
        state = Files.createDirectory(workplace.resolve("state"));
        classPath = Files.createDirectory(workplace.resolve("lib"));
        EmbeddedPostgres.start(state).close();
    }

    @AfterEach
    void nothingRuns() {
        Path data = state.resolve("postgresql/data");
        boolean left = !Postmaster.processesIn(data).isEmpty();
        Postmaster.killAll(data);
        assertThat(left).as("a server left running in %s", data).isFalse();
    }

    @AfterAll
    static void clear() throws IOException {
        PostgresHome.deleteTree(workplace);
    }

    @Test
    void isDurableAndSmallAndNotForOthers() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
                Connection connection = connect(postgres)) {
            assertThat(postgres.isAdopted()).isFalse();
            assertThat(postgres.jdbcUrl()).startsWith("jdbc:postgresql://127.0.0.1:");
            for (String setting : List.of(
                    "fsync=on",
                    "synchronous_commit=on",
                    "full_page_writes=on",
                    "data_checksums=on",
                    "autovacuum=on",
                    "jit=off",
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "shared_buffers=64MB",
                    "max_connections=50",
                    "server_encoding=UTF8",
                    "password_encryption=scram-sha-256",
                    "is_superuser=off")) {
                String[] pair = setting.split("=", 2);
                assertThat(ask(connection, "select current_setting('" + pair[0] + "')"))
                        .as(pair[0])
                        .isEqualTo(pair[1]);
            }
            // the case of letters outside ASCII, whatever the machine's locales are
            assertThat(ask(connection, "select upper('é')")).isEqualTo("É");
            assertThatThrownBy(() -> ask(connection, "select pg_read_file('/etc/passwd')"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), "guessed"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("postgresql/password"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("postgresql"))))
                .isEqualTo("rwx------");
    }

    @Test
    void keepsDataBetweenRunsAndUnpacksOnce() throws Exception {
        Object unpacked = fileKey(programs());
        String password;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            run(postgres, "create table kept (value int)", "insert into kept values (42)");
            password = postgres.password();
        }
        long began = System.nanoTime();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            assertThat(postgres.password()).isEqualTo(password);
            assertThat(ask(postgres, "select value from kept")).isEqualTo("42");
            run(postgres, "drop table kept");
        }
        assertThat(fileKey(programs())).isEqualTo(unpacked);
    }

    @Test
    void itsPasswordIsOnNoCommandLine() throws Exception {
        Path fresh = Files.createDirectory(workplace.resolve("fresh"));
        // made again while this looks at every process
        try (ProcessWatch watch = new ProcessWatch();
                EmbeddedPostgres postgres = EmbeddedPostgres.start(fresh)) {
            assertThat(watch.seen())
                    .anyMatch(line -> line.contains("initdb"))
                    .noneMatch(line -> line.contains(postgres.password()));
        }
    }

    @Test
    void runsInItsOwnSession() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(session(postgres.serverPid())).isEqualTo(postgres.serverPid());
        }
    }

    @Test
    void isTakenOverAfterAKilledHub() throws Exception {
        try (HolderProcess hub = HolderProcess.start(List.of(), classPath, state)) {
            String[] ready = hub.await("READY").split(" ");
            hub.killHard();
            long began = System.nanoTime();
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
                assertThat(postgres.isAdopted()).isTrue();
                assertThat(postgres.jdbcUrl()).isEqualTo(ready[1]);
                assertThat(postgres.serverPid()).isEqualTo(Long.parseLong(ready[2]));
                assertThat(ask(postgres, "select 1")).isEqualTo("1");
            }
            assertThat(Postmaster.runsIn(state.resolve("postgresql/data"), Long.parseLong(ready[2])))
                    .isFalse();
        }
    }

    @Test
    void worksForAnOrdinaryUserToo() throws Exception {
        assumeTrue(ROOT, "not root: every other test here already runs as an ordinary user");
        Path theirs = Files.createDirectory(workplace.resolve("nobodys"));
        Files.setAttribute(theirs, "unix:uid", 65534);
        try (HolderProcess hub = HolderProcess.start(AS_NOBODY, classPath, theirs)) {
            String[] ready = hub.await("READY").split(" ");
            assertThat(PostgresHome.ownerOf(Path.of("/proc", ready[2]))).isEqualTo(65534);
            hub.killHard();
        }
        try (HolderProcess next = HolderProcess.start(AS_NOBODY, classPath, theirs)) {
            assertThat(next.await("READY")).endsWith("adopted");
            assertThat(next.endOfInput()).isZero();
            next.await("CLOSED");
        }
        assertThat(Postmaster.processesIn(theirs.resolve("postgresql/data"))).isEmpty();
    }

    @Test
    void runsAsNobodyForRootWithoutUserNamespaces() throws Exception {
        assumeTrue(ROOT, "not root: PostgreSQL runs as the user itself");
        Path other = Files.createDirectory(workplace.resolve("no-namespaces"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(other, ServerAccount.NOBODY)) {
            assertThat(PostgresHome.ownerOf(Path.of("/proc", Long.toString(postgres.serverPid()))))
                    .isEqualTo(65534);
            run(postgres, "create table kept (value int)");
        }
        // and back, as when the setting of the machine changes
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(other, ServerAccount.USER_NAMESPACE)) {
            assertThat(ask(postgres, "select count(*) from kept")).isEqualTo("0");
        }
    }

    @Test
    void aStaleFileThatNamesAnotherProgramIsNoObstacle() throws Exception {
        Path file = state.resolve("postgresql/data/postmaster.pid");
        // this very process: alive, of the same user, and no PostgreSQL
        Files.writeString(
                file,
                ProcessHandle.current().pid() + "\n" + state.resolve("postgresql/data") + "\n1\n5432\n\n127.0.0.1\n");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(postgres.isAdopted()).isFalse();
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aKilledServerIsRecoveredAtTheNextStart() throws Exception {
        try (HolderProcess hub = HolderProcess.start(List.of(), classPath, state)) {
            String[] ready = hub.await("READY").split(" ");
            try (Connection connection = DriverManager.getConnection(ready[1], PostgresCluster.USER, keptPassword())) {
                run(connection, "create table survives (value int)", "insert into survives values (7)");
            }
            hub.killHard();
            ProcessHandle.of(Long.parseLong(ready[2])).orElseThrow().destroyForcibly();
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(postgres.isAdopted()).isFalse();
            assertThat(ask(postgres, "select value from survives")).isEqualTo("7");
            run(postgres, "drop table survives");
        }
    }

    @Test
    void aHangingServerIsReplacedInBoundedTime() throws Exception {
        try (HolderProcess hub = HolderProcess.start(List.of(), classPath, state)) {
            String[] ready = hub.await("READY").split(" ");
            hub.killHard();
            assertThat(new ProcessBuilder("kill", "-STOP", ready[2]).start().waitFor())
                    .isZero();
            long began = System.nanoTime();
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(40));
                assertThat(postgres.isAdopted()).isFalse();
                assertThat(ask(postgres, "select 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void aKillInTheMiddleOfTheFirstStartLeavesNothingHalfMade() throws Exception {
        Path young = Files.createDirectory(workplace.resolve("young"));
        Path home = young.resolve("postgresql");
        try (HolderProcess hub = HolderProcess.start(List.of(), classPath, young)) {
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> exists(home, ".making-*/data/PG_VERSION"));
            hub.killHard();
        }
        assertThat(home.resolve("data")).doesNotExist();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(young)) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
            assertThat(exists(home, ".making-*")).isFalse();
        }
    }

    @Test
    void restartKeepsTheAddressAndWhatWasCommitted() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
                Connection before = connect(postgres)) {
            run(before, "create table committed (value int)", "insert into committed values (1)");
            String url = postgres.jdbcUrl();
            long pid = postgres.serverPid();
            postgres.restart();
            assertThat(postgres.jdbcUrl()).isEqualTo(url);
            assertThat(postgres.serverPid()).isNotEqualTo(pid);
            assertThatThrownBy(() -> ask(before, "select 1")).isInstanceOf(SQLException.class);
            assertThat(ask(postgres, "select count(*) from committed")).isEqualTo("1");
            run(postgres, "drop table committed");
        }
    }

    @Test
    void aServerThatDiesIsStartedAgainOnTheSamePort() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            long pid = postgres.serverPid();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                assertThat(ask(postgres, "select 1")).isEqualTo("1");
                assertThat(postgres.serverPid()).isNotEqualTo(pid);
            });
        }
    }

    @Test
    void closingTwiceIsHarmlessAndAClosedOneDoesNotRestart() {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
        postgres.close();
        postgres.close();
        assertThatThrownBy(postgres::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptedThreadStillClosesIt() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
        Thread.currentThread().interrupt();
        postgres.close();
        assertThat(Thread.interrupted()).isTrue();
        PostgresHome home = PostgresHome.in(state);
        assertThat(home.logTail()).contains("received fast shutdown request", "database system is shut down");
    }

    @Test
    void closesWithOpenSessionsInTheMiddleOfAStatement() throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(state);
        try (Connection connection = connect(postgres)) {
            Thread busy = new Thread(() -> {
                try {
                    ask(connection, "select pg_sleep(600)");
                } catch (SQLException expected) {
                    // the server goes away
                }
            });
            busy.start();
            await().until(() -> ask(
                            postgres,
                            "select count(*) from pg_stat_activity where query like '%sleep(6%'"
                                    + " and pid <> pg_backend_pid()")
                    .equals("1"));
            long began = System.nanoTime();
            postgres.close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            busy.join(5000);
            assertThat(busy.isAlive()).isFalse();
        }
    }

    @Test
    void aLostPasswordIsReplaced() throws Exception {
        String old = keptPassword();
        Files.delete(state.resolve("postgresql/password"));
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(postgres.password()).isNotEqualTo(old);
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aWrongPasswordIsToldWithTheMend() throws Exception {
        Path file = state.resolve("postgresql/password");
        String right = Files.readString(file);
        Files.writeString(file, "x".repeat(32) + "\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(state))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("delete that file");
        Files.writeString(file, "'; drop table file; --\n");
        assertThatThrownBy(() -> EmbeddedPostgres.start(state))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("delete the file");
        Files.writeString(file, right);
    }

    @Test
    void dataOfAnotherVersionIsLeftAloneAndTold() throws Exception {
        Path version = state.resolve("postgresql/data/PG_VERSION");
        String right = Files.readString(version);
        Files.writeString(version, "12\n");
        try {
            assertThatThrownBy(() -> EmbeddedPostgres.start(state))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("made by PostgreSQL 12")
                    .hasMessageContaining("pg_dump");
            Files.delete(version);
            assertThatThrownBy(() -> EmbeddedPostgres.start(state))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("PG_VERSION is missing");
        } finally {
            Files.writeString(version, right);
        }
    }

    @Test
    void aServerThatDoesNotComeUpShowsItsLog() throws Exception {
        Path settings = state.resolve("postgresql/data/postgresql.auto.conf");
        String right = Files.readString(settings);
        Files.writeString(settings, "shared_preload_libraries = 'no_such_library'\n");
        try {
            assertThatThrownBy(() -> EmbeddedPostgres.start(state))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("exit status 1")
                    .hasMessageContaining("no_such_library");
        } finally {
            Files.writeString(settings, right);
        }
    }

    @Test
    void damagedProgramsAreUnpackedAgain() throws Exception {
        Path server = programs().resolve("bin/postgres");
        Files.delete(server);
        Files.writeString(server, "not a program");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state)) {
            assertThat(ask(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void aStateDirectoryThatIsAFileIsTold() throws Exception {
        Path file = Files.createFile(workplace.resolve("a-file"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(file))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Mend:");
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenIsTold() throws Exception {
        Path closed = Files.createDirectory(workplace.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        try (HolderProcess hub = HolderProcess.start(ROOT ? AS_NOBODY : List.of(), classPath, closed)) {
            assertThat(hub.await("FAILED")).contains(closed.toString(), "permission denied", "Mend: let the user");
        }
    }

    @Test
    void aFullDiskIsToldAndLeavesNothingBehind() throws Exception {
        Path small = Files.createDirectory(workplace.resolve("small"));
        // room for the programs, not for the data; and not even for the programs
        for (String size : List.of("75m", "20m")) {
            Path failed = workplace.resolve("listing-" + size);
            List<String> inside = List.of(
                    "unshare",
                    ROOT ? "-m" : "-Urm",
                    "sh",
                    "-c",
                    "mount -t tmpfs -o size=" + size + " none \"$1\" && state=$1 && out=$2 && shift 2 && \"$@\";"
                            + " status=$?; ls -A \"$state/postgresql\" > \"$out\"; exit $status",
                    "sh",
                    small.toString(),
                    failed.toString());
            boolean possible = new ProcessBuilder(
                                    "unshare", ROOT ? "-m" : "-Urm", "mount", "-t", "tmpfs", "none", small.toString())
                            .start()
                            .waitFor()
                    == 0;
            if (!possible) {
                assertThat(System.getenv("CI"))
                        .as("tmpfs in a mount namespace is needed under CI")
                        .isNotEqualTo("true");
                assumeTrue(false, "no tmpfs can be mounted here");
            }
            try (HolderProcess hub = HolderProcess.start(inside, classPath, small)) {
                assertThat(hub.await("FAILED")).contains(small.toString(), "No space left on device");
                assertThat(hub.endOfInput()).isEqualTo(1);
            }
            assertThat(Files.readAllLines(failed)).noneMatch(name -> name.equals("data") || name.startsWith(".making"));
        }
    }

    @Test
    void logFilesAreBounded() throws Exception {
        PostgresHome home = PostgresHome.in(state);
        for (int day = 10; day < 30; day++) {
            Files.writeString(home.log().resolve("postgresql-199901" + day + "-000000.log"), "old\n");
        }
        home.pruneLog();
        try (Stream<Path> files = Files.list(home.log())) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("postgresql-")))
                    .hasSize(8);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
    }

    private static String ask(EmbeddedPostgres postgres, String question) throws SQLException {
        try (Connection connection = connect(postgres)) {
            return ask(connection, question);
        }
    }

    private static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void run(EmbeddedPostgres postgres, String... statements) throws SQLException {
        try (Connection connection = connect(postgres)) {
            run(connection, statements);
        }
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    private static String keptPassword() throws IOException {
        return Files.readString(state.resolve("postgresql/password"), StandardCharsets.UTF_8)
                .strip();
    }

    private static Path programs() throws IOException {
        try (var found = Files.newDirectoryStream(state.resolve("postgresql"), "17.*")) {
            return found.iterator().next();
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino");
    }

    private static long session(long pid) throws IOException {
        // after the name in brackets: state, parent, group, session
        String status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return Long.parseLong(status.substring(status.lastIndexOf(')') + 2).split(" ")[3]);
    }

    private static boolean exists(Path directory, String pattern) {
        String[] parts = pattern.split("/", 2);
        try (var found = Files.newDirectoryStream(directory, parts[0])) {
            for (Path entry : found) {
                if (parts.length == 1 || Files.exists(entry.resolve(parts[1]))) {
                    return true;
                }
            }
            return false;
        } catch (IOException notThereYet) {
            return false;
        }
    }

    /** Sees the command lines of all processes, again and again, as anybody on the machine could. */
    private static final class ProcessWatch implements AutoCloseable {
        private final java.util.Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
        private final Thread thread = new Thread(this::look, "process-watch");
        private volatile boolean over;

        ProcessWatch() {
            thread.setDaemon(true);
            thread.start();
        }

        java.util.Set<String> seen() {
            return seen;
        }

        private void look() {
            while (!over) {
                ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine())
                        .forEach(line -> line.ifPresent(seen::add));
            }
        }

        @Override
        public void close() {
            over = true;
        }
    }
}
