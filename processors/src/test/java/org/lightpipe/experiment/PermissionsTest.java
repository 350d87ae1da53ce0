package org.lightpipe.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.catalog.Audit;
import org.lightpipe.catalog.Monitors;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.TestConfiguration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.core.ConflictException;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.storage.Storages;

/** With real users and a real group, whose rights the kernel judges, and getfacl as the witness. */
class PermissionsTest {

    private static TestAccounts accounts;

    private final TestCatalog catalog = TestCatalog.empty();

    @TempDir
    private Path directory;

    private Path storage;
    private Path data;
    private Experiments experiments;
    private Permissions permissions;

    @BeforeAll
    static void makeAccounts() throws Exception {
        accounts = TestAccounts.make();
    }

    @AfterAll
    static void removeAccounts() throws Exception {
        if (accounts != null) {
            accounts.remove();
        }
    }

    @BeforeEach
    void make() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        storage = Files.createDirectory(directory.resolve("storage"));
        Files.createDirectory(storage.resolve("2-BM"));
        data = storage.resolve("2-BM/gup-1/data");
        with("file:" + storage, Storage.Acl.AUTO, Optional.of(accounts.group));
    }

    private void with(String uri, Storage.Acl acl, Optional<String> group) {
        LiveConfiguration configuration = TestConfiguration.of(storage)
                .with(new Storage("2-BM", uri, group, 02770, 0640, TransferPolicy.standard(), Map.of(), acl))
                .live();
        Storages storages = new Storages(new DefaultCamelContext());
        Audit audit = new Audit(catalog.jdbc());
        experiments = new Experiments(
                catalog.jdbc(),
                catalog.transactions(),
                catalog.work(),
                configuration,
                storages,
                new Monitors(catalog.jdbc(), audit),
                audit);
        permissions =
                new Permissions(catalog.jdbc(), catalog.transactions(), catalog.work(), configuration, storages, audit);
    }

    /** An experiment of these users, whose directories are made and given to them. */
    private void prepared(String... users) throws Exception {
        StringBuilder form = new StringBuilder("name: gup-1\nbeamline: 2-BM\nusers:");
        for (String user : users) {
            form.append("\n  - {name: ").append(user).append('}');
        }
        experiments.record("form", form + (users.length == 0 ? " []" : "") + "\n", "op");
        for (Map<String, Object> row : catalog.claim(Step.EXPERIMENT)) {
            experiments.prepare(row);
        }
        walkAll();
    }

    private int walkAll() throws Exception {
        int walks = 0;
        for (List<Map<String, Object>> rows = catalog.claim(Step.PERMISSIONS);
                !rows.isEmpty();
                rows = catalog.claim(Step.PERMISSIONS)) {
            for (Map<String, Object> row : rows) {
                permissions.walk(row);
                walks++;
            }
        }
        return walks;
    }

    /** A finished walk of that kind. */
    private Map<String, Object> walked(Permissions.Action action) throws Exception {
        long id = permissions.request("gup-1", action, "op").id();
        walkAll();
        return permissions.show(id, 0);
    }

    @SuppressWarnings("unchecked")
    private static List<String> findings(Map<String, Object> walk) {
        return ((List<Map<String, Object>>) walk.get("findings"))
                .stream()
                        .map(row ->
                                row.get("path").toString().replaceFirst(".*/gup-1", "gup-1") + ": " + row.get("what")
                                        + " " + row.get("found") + " → " + row.get("wanted")
                                        + (row.get("trouble") == null ? "" : " — " + row.get("trouble")))
                        .sorted()
                        .toList();
    }

    private Path file(String name, String mode) throws Exception {
        Path file = Files.writeString(data.resolve(name), "bytes");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private static String mode(Path path) throws Exception {
        return String.format("%04o", (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777);
    }

    @Test
    void usersOfAnExperimentMayDoWhatItsGroupMayAndNewFilesInheritIt() throws Exception {
        prepared(accounts.ada);

        assertThat(TestAccounts.acl(data))
                .containsExactly(
                        "user::rwx",
                        "user:" + accounts.ada + ":rwx",
                        "group::rwx",
                        "mask::rwx",
                        "other::---",
                        "default:user::rwx",
                        "default:user:" + accounts.ada + ":rwx",
                        "default:group::rwx",
                        "default:mask::rwx",
                        "default:other::---");
        assertThat(mode(data)).isEqualTo("2770");
        Path scan = Files.createDirectory(data.resolve("scan"));
        Path frame = Files.writeString(scan.resolve("frame"), "bytes");
        Files.setPosixFilePermissions(frame, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Files.getAttribute(frame, "posix:group").toString()).isEqualTo(accounts.group);
        assertThat(TestAccounts.canRead(accounts.ada, frame)).isTrue();
        assertThat(TestAccounts.canRead(accounts.eve, frame)).isFalse();
        assertThat(TestAccounts.canMake(accounts.ada, scan.resolve("mine"))).isTrue();
        assertThat(TestAccounts.canMake(accounts.eve, scan.resolve("hers"))).isFalse();
    }

    @Test
    void aChangeOfUsersReachesFilesThatAreThere() throws Exception {
        prepared(accounts.ada);
        Files.createDirectories(data.resolve("a/b/c"));
        Path frame = file("a/b/c/frame", "rw-r-----");

        experiments.changeUsers(
                "gup-1", "{add: [{name: " + accounts.eve + ", role: PI}], remove: [" + accounts.ada + "]}", "op");
        assertThat(experiments.users("gup-1")).containsExactly(Map.of("name", accounts.eve, "role", "PI"));
        assertThat(walkAll()).isEqualTo(1);

        assertThat(TestAccounts.canRead(accounts.eve, frame)).isTrue();
        assertThat(TestAccounts.canRead(accounts.ada, frame)).isFalse();
        assertThat(TestAccounts.acl(frame))
                .containsExactly("user::rw-", "user:" + accounts.eve + ":r--", "group::r--", "mask::r--", "other::---");
        assertThat(TestAccounts.acl(data.resolve("a/b/c"))).noneMatch(entry -> entry.contains(accounts.ada));
        assertThat(catalog.rows("select what, detail from audit_event where what like 'user %' order by id"))
                .containsExactly(
                        Map.of("what", "user removed", "detail", "gup-1 " + accounts.ada),
                        Map.of("what", "user added", "detail", "gup-1 " + accounts.eve + " PI"));

        experiments.changeUsers("gup-1", "{remove: [" + accounts.eve + "]}", "op");
        walkAll();
        assertThat(TestAccounts.acl(frame)).containsExactly("user::rw-", "group::r--", "other::---");
        assertThat(TestAccounts.acl(data)).containsExactly("user::rwx", "group::rwx", "other::---");
        assertThat(mode(data)).isEqualTo("2770");
        assertThat(findings(walked(Permissions.Action.CHECK))).isEmpty();
    }

    @Test
    void everyDeviationIsToldAndRestored() throws Exception {
        prepared(accounts.ada);
        Path right = file("right", "rw-r-----");
        Path open = file("open", "rw-rw-rw-");
        Path program = file("program", "rwx------");
        Path foreign = file("foreign", "rw-r-----");
        TestAccounts.run("setfacl", "-m", "u:" + accounts.eve + ":r,g:daemon:r", foreign.toString());
        TestAccounts.run("chgrp", "daemon", foreign.toString());
        Path closed = Files.createDirectory(data.resolve("closed"));
        Files.setAttribute(closed, "unix:mode", 0700);
        TestAccounts.run("setfacl", "-k", closed.toString());
        String ada = accounts.ada;

        Map<String, Object> check = walked(Permissions.Action.CHECK);

        assertThat(findings(check))
                .containsExactly(
                        "gup-1/data/closed: access u::rwx,u:" + ada + ":rwx,g::rwx,m::---,o::--- → u::rwx,u:" + ada
                                + ":rwx,g::rwx,m::rwx,o::---",
                        "gup-1/data/closed: default access none → u::rwx,u:" + ada + ":rwx,g::rwx,m::rwx,o::---",
                        "gup-1/data/closed: mode 0700 → 2770",
                        "gup-1/data/foreign: access u::rw-,u:" + both(ada, accounts.eve)
                                + "g::rwx,g:daemon:r--,m::rwx,o::--- → u::rw-,u:" + ada
                                + ":r--,g::r--,g:daemon:r--,m::r--,o::---",
                        "gup-1/data/foreign: group daemon → " + accounts.group,
                        "gup-1/data/foreign: mode 0670 → 0640",
                        "gup-1/data/open: access u::rw-,u:" + ada + ":rwx,g::rwx,m::rw-,o::rw- → u::rw-,u:" + ada
                                + ":r--,g::r--,m::r--,o::---",
                        "gup-1/data/open: mode 0666 → 0640",
                        "gup-1/data/program: access u::rwx,u:" + ada + ":rwx,g::rwx,m::---,o::--- → u::rwx,u:" + ada
                                + ":r-x,g::r-x,m::r-x,o::---",
                        "gup-1/data/program: mode 0700 → 0750");
        assertThat(check)
                .containsEntry("state", "DONE")
                .containsEntry("wrong", 10L)
                .containsEntry("seen", 8L);
        assertThat(mode(open)).isEqualTo("0666");

        assertThat(walked(Permissions.Action.RESTORE))
                .containsEntry("wrong", 0L)
                .containsEntry("mended", 10L)
                .containsEntry("state", "DONE");

        assertThat(findings(walked(Permissions.Action.CHECK))).isEmpty();
        assertThat(mode(open)).isEqualTo("0640");
        assertThat(mode(program)).isEqualTo("0750");
        assertThat(TestAccounts.canRead(accounts.eve, foreign)).isFalse();
        assertThat(TestAccounts.canRead(ada, foreign)).isTrue();
        assertThat(TestAccounts.acl(foreign)).contains("group:daemon:r--");
        assertThat(mode(right)).isEqualTo("0640");
    }

    /** Entries are sorted by number, and the second of two new users has the higher one. */
    private static String both(String ada, String eve) {
        return ada + ":rwx,u:" + eve + ":r--,";
    }

    @Test
    void nothingOutsideIsTouchedWhateverLeadsThere() throws Exception {
        prepared(accounts.ada);
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path secret = Files.writeString(outside.resolve("secret"), "bytes");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(data.resolve("link"), secret);
        Files.createSymbolicLink(data.resolve("way"), outside);
        Files.createLink(data.resolve("second-name"), secret);
        TestAccounts.run("mkfifo", data.resolve("pipe").toString());
        String before = mode(outside) + TestAccounts.acl(secret) + TestAccounts.acl(outside);

        assertThat(findings(walked(Permissions.Action.RESTORE)))
                .containsExactly(
                        "gup-1/data/second-name: names 2 names → one name — another name of it may be somewhere"
                                + " else; it was not changed");

        assertThat(mode(outside) + TestAccounts.acl(secret) + TestAccounts.acl(outside))
                .isEqualTo(before);
        assertThat(mode(storage.resolve("2-BM"))).isEqualTo("0755");
    }

    @Test
    void anExperimentBehindALinkIsRefused() throws Exception {
        prepared();
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.move(storage.resolve("2-BM/gup-1"), storage.resolve("2-BM/gone"));
        Files.createSymbolicLink(storage.resolve("2-BM/gup-1"), outside);
        permissions.request("gup-1", Permissions.Action.RESTORE, "op");
        assertThatThrownBy(this::walkAll).hasMessage(storage + "/2-BM/gup-1 is not a directory");
        assertThat(mode(outside)).isEqualTo("0755");
    }

    @Test
    void namesThatAreNoTextOrHaveNewlinesAreReachedAndShown() throws Exception {
        prepared(accounts.ada);
        Path odd = file("a\nb\u001b[31m", "rw-rw-rw-");
        Path raw = Path.of(java.net.URI.create(data.toUri() + "%FF%80x"));
        Files.writeString(raw, "bytes");
        Files.setPosixFilePermissions(raw, PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(findings(walked(Permissions.Action.CHECK)))
                .anyMatch(line -> line.startsWith("gup-1/data/a\\nb\\x1b[31m: mode 0666"))
                .anyMatch(line -> line.startsWith("gup-1/data/\\xff\\x80x: mode 0666"));
        walked(Permissions.Action.RESTORE);

        assertThat(mode(odd)).isEqualTo("0640");
        assertThat(mode(raw)).isEqualTo("0640");
    }

    @Test
    void aFileThatCannotBeChangedIsToldAndTheOthersAreMended() throws Exception {
        prepared();
        Path stuck = file("stuck", "rw-rw-rw-");
        Path other = file("zother", "rw-rw-rw-");
        TestAccounts.run("chattr", "+i", stuck.toString());
        try {
            assertThat(findings(walked(Permissions.Action.RESTORE)))
                    .containsExactly("gup-1/data/stuck: mode 0666 → 0640 — Operation not permitted: only root and the"
                            + " file's owner may do this");
            assertThat(mode(other)).isEqualTo("0640");
            experiments.changeUsers("gup-1", "{add: [{name: " + accounts.ada + "}]}", "op");
            assertThatThrownBy(this::walkAll)
                    .isInstanceOf(PermanentFailureException.class)
                    .hasMessageStartingWith("2 of 5 files and directories could not be given to the users, the first: ")
                    .hasMessageEndingWith("Operation not permitted: only root and the file's owner may do this");
            assertThat(TestAccounts.canRead(accounts.ada, other)).isTrue();
        } finally {
            TestAccounts.run("chattr", "-i", stuck.toString());
        }
    }

    @Test
    void aGroupThatIsNotThereIsToldInWords() throws Exception {
        prepared();
        with("file:" + storage, Storage.Acl.AUTO, Optional.of("no-such-group-x"));
        permissions.request("gup-1", Permissions.Action.CHECK, "op");
        assertThatThrownBy(this::walkAll)
                .isInstanceOf(PermanentFailureException.class)
                .hasMessage("group 'no-such-group-x' does not exist on this machine; create it or change 'group' of"
                        + " storage '2-BM'");
    }

    @Test
    void aFileSystemWithoutListsIsToldOrDoneWithout() throws Exception {
        prepared(accounts.ada);
        with("file:/proc/sys", Storage.Acl.TRUE, Optional.empty());
        permissions.request("gup-1", Permissions.Action.CHECK, "op");
        assertThatThrownBy(this::walkAll)
                .isInstanceOf(PermanentFailureException.class)
                .hasMessage("the file system of /proc/sys has no POSIX access control lists; mount it with them, or say"
                        + " 'acl: false' for storage '2-BM'");
        catalog.jdbc().update("delete from permission_run");

        with("file:/proc/sys", Storage.Acl.AUTO, Optional.empty());
        assertThat(walked(Permissions.Action.CHECK).get("note").toString())
                .isEqualTo("nothing is stored yet in /proc/sys/2-BM/gup-1; the file system of /proc/sys has no access"
                        + " control lists: users get in by their group only");
    }

    @Test
    void listsAreLeftAloneWhereThatIsSaid() throws Exception {
        with("file:" + storage, Storage.Acl.FALSE, Optional.empty());
        prepared(accounts.ada);
        assertThat(TestAccounts.acl(data)).containsExactly("user::rwx", "group::rwx", "other::---");
        TestAccounts.run("setfacl", "-m", "d:u:" + accounts.eve + ":r", data.toString());
        assertThat(findings(walked(Permissions.Action.RESTORE))).isEmpty();
        assertThat(TestAccounts.acl(data)).contains("default:user:" + accounts.eve + ":r--");
    }

    @Test
    void whoHasNoAccountAndWhoCannotPassIsTold() throws Exception {
        Files.setPosixFilePermissions(storage.resolve("2-BM"), PosixFilePermissions.fromString("rwxrwx---"));
        prepared(accounts.ada, "no-such-user-x");
        assertThat(walked(Permissions.Action.CHECK))
                .containsEntry("wrong", 0L)
                .containsEntry(
                        "note",
                        "'no-such-user-x' has no account on this machine; a user who is not of its group cannot pass "
                                + storage
                                + "/2-BM (mode 0770): let others pass it (chmod o+x), which shows them nothing");
        assertThat(experiments.users("gup-1")).hasSize(2);
    }

    /** A walk that is stopped, or whose hub was killed, begins anew; one walk at a time for an experiment. */
    @Test
    void aWalkSurvivesARestart() throws Exception {
        prepared();
        Path open = file("open", "rw-rw-rw-");
        long id = permissions.request("gup-1", Permissions.Action.RESTORE, "op").id();
        permissions.request("gup-1", Permissions.Action.CHECK, "op");
        permissions.close();
        List<Map<String, Object>> rows = catalog.claim(Step.PERMISSIONS);
        assertThat(rows).hasSize(2);
        permissions.walk(rows.get(0));
        assertThat(permissions.show(id, 0))
                .containsEntry("state", "REQUESTED")
                .containsEntry("reason", "it was stopped, and begins anew");
        assertThat(mode(open)).isEqualTo("0666");
        assertThat(catalog.claim(Step.PERMISSIONS))
                .as("one walk at a time for an experiment")
                .isEmpty();

        long dead = catalog.hub();
        catalog.jdbc()
                .update("update permission_run set state = 'WALKING', claimed_by = ? where state <> 'DONE'", dead);
        assertThat(catalog.claim(Step.PERMISSIONS)).as("its hub lives").isEmpty();
        catalog.gone(dead);
        with("file:" + storage, Storage.Acl.AUTO, Optional.of(accounts.group));
        assertThat(walkAll()).isEqualTo(2);

        assertThat(mode(open)).isEqualTo("0640");
        assertThat(permissions.show(id, 0)).containsEntry("state", "DONE").containsEntry("mended", 1L);
    }

    /** Findings come in pages, all of them, however many there are. */
    @Test
    void everyOneOfManyFindingsIsTold() throws Exception {
        prepared();
        for (int i = 0; i < 1203; i++) {
            file("f" + i, "rw-rw-rw-");
        }
        long id = permissions.request("gup-1", Permissions.Action.CHECK, "op").id();
        walkAll();
        long told = 0;
        for (List<?> page = page(id, 0); !page.isEmpty(); page = page(id, told)) {
            told += page.size();
        }
        assertThat(told).isEqualTo(1203);
    }

    private List<?> page(long id, long after) {
        return (List<?>) permissions.show(id, after).get("findings");
    }

    @Test
    void whatIsNotThereIsToldInWords() throws Exception {
        assertThatThrownBy(() -> permissions.request("gup-9", Permissions.Action.CHECK, "op"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("there is no experiment 'gup-9'");
        assertThatThrownBy(() -> permissions.show(99, 0)).isInstanceOf(NotFoundException.class);
        prepared();
        assertThat(permissions.requestAll(Permissions.Action.CHECK, "op"))
                .extracting(Permissions.Requested::experiment)
                .containsExactly("gup-1");
        with("sftp:far/away", Storage.Acl.AUTO, Optional.empty());
        assertThatThrownBy(() -> permissions.request("gup-1", Permissions.Action.CHECK, "op"))
                .isInstanceOf(ConflictException.class)
                .hasMessage(
                        "the storage of beamline '2-BM' is not a mounted file system: its server says who may do what");
        assertThat(permissions.requestAll(Permissions.Action.CHECK, "op")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | request:1: changes nothing (write 'add' or 'remove')",
                "{add: [{name: a/b}]} | request:1: add[0].name: 'a/b' cannot be used as a name",
                "{add: [{name: ada, role: Boss}]} | request:1: add[0].role: 'Boss' is not one of PI, User, Contact",
                "{add: [{name: ada}], remove: [ada]} | request:1: remove: 'ada' is also among those to add",
                "{remove: ['-R']} | request:1: remove: '-R' cannot be used as a name",
                "{added: [x]} | request:1: added: is not a known field (did you mean 'add'?)"
            })
    void aWrongChangeOfUsersIsRefusedInWords(String request, String expected) throws Exception {
        prepared();
        assertThatThrownBy(() -> experiments.changeUsers("gup-1", request, "op"))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).anyMatch(line -> line.startsWith(expected)));
        assertThatThrownBy(() -> experiments.changeUsers("gup-1", "{add: [{name: x}], remove: [nobody]}", "op"))
                .isInstanceOf(ConflictException.class)
                .hasMessage("'nobody' is not a user of experiment 'gup-1'");
        assertThat(experiments.users("gup-1")).isEmpty();
    }
}
