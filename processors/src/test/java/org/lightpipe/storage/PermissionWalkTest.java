package org.lightpipe.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.os.Held;

class PermissionWalkTest {

    private static final AccessRule RULE =
            new AccessRule(OptionalInt.empty(), 0750, 0640, false, false, false, Optional.empty());

    @TempDir
    private Path directory;

    private Path tree;
    private final List<Deviation> wrong = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        tree = Files.createDirectory(directory.resolve("tree"));
    }

    private void walk(boolean mend) throws Exception {
        wrong.clear();
        PermissionWalk.Report report = new PermissionWalk.Report() {
            @Override
            public boolean seen() {
                return true;
            }

            @Override
            public void wrong(Deviation deviation) {
                wrong.add(deviation);
            }

            @Override
            public void closed(String path, String mode) {
                // not asked here
            }

            @Override
            public void mended(Deviation deviation) {
                // what is mended is looked at in the tree
            }
        };
        try (Held held = Held.of(tree)) {
            new PermissionWalk(RULE, mend, report).walk(held, "tree");
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void whatIsHeldStaysTheSameWhateverItsNameLeadsToMeanwhile() throws Exception {
        Path inside = Files.createDirectory(tree.resolve("inside"));
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwx------"));
        try (Held root = Held.of(tree);
                Held held = root.child(Path.of("inside"))) {
            Files.move(inside, tree.resolve("moved"));
            Files.createSymbolicLink(inside, outside);
            held.setMode(0711);
            try (Held link = root.child(Path.of("inside"))) {
                assertThat(link.status().isDirectory()).isFalse();
                assertThat(link.status().isRegularFile()).isFalse();
            }
        }
        assertThat(mode(tree.resolve("moved"))).isEqualTo("rwx--x--x");
        assertThat(mode(outside)).isEqualTo("rwx------");
    }

    /** Somebody who may write in the tree swaps a directory for a link to another place, as fast as can be. */
    @Test
    @Timeout(60)
    void aLinkThatIsSwappedInDuringTheWalkLeadsNowhere() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path victim = Files.writeString(outside.resolve("file"), "bytes");
        Files.setPosixFilePermissions(victim, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path swapped = Files.createDirectory(tree.resolve("swapped"));
        Files.writeString(swapped.resolve("file"), "bytes");
        Path aside = directory.resolve("aside");
        AtomicBoolean ended = new AtomicBoolean();
        Thread swapper = new Thread(
                () -> {
                    try {
                        while (!ended.get()) {
                            Files.move(swapped, aside);
                            Files.createSymbolicLink(swapped, outside);
                            Files.delete(swapped);
                            Files.move(aside, swapped);
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                "swapper");
        swapper.start();
        try {
            for (int i = 0; i < 2000; i++) {
                walk(true);
            }
        } finally {
            ended.set(true);
            swapper.join(10_000);
        }
        assertThat(mode(victim)).isEqualTo("rw-rw-rw-");
        assertThat(mode(outside)).isNotEqualTo("rwxr-x---");
        walk(true);
        assertThat(mode(swapped.resolve("file"))).isEqualTo("rw-r-----");
    }

    @Test
    void aCopyOnItsWayIsLeftAlone() throws Exception {
        Path part = Files.writeString(tree.resolve(".lightpipe-7.part"), "half");
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-------"));
        Path hidden = Files.writeString(tree.resolve(".hidden"), "bytes");
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
        walk(true);
        assertThat(mode(part)).isEqualTo("rw-------");
        assertThat(mode(hidden)).isEqualTo("rw-r-----");
    }

    @Test
    void aTreeDeeperThanTheBoundIsToldAndTheRestIsDone() throws Exception {
        Path deep = tree;
        for (int i = 0; i < 250; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        Path other = Files.writeString(tree.resolve("z"), "bytes");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        walk(true);
        assertThat(wrong).hasSize(1);
        assertThat(wrong.get(0).what()).isEqualTo("depth");
        assertThat(mode(other)).isEqualTo("rw-r-----");
    }
}
