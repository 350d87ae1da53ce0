package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

class BagDamageTest {

    private static final SampleBag BAG = new SampleBag(payload(), ManifestAlgorithm.SHA256);
    private static final byte[] TAR = BAG.tar();

    private static Map<String, byte[]> payload() {
        Map<String, byte[]> payload = new LinkedHashMap<>();
        payload.put("a.h5", "first".getBytes(StandardCharsets.UTF_8));
        payload.put("deep/ü\n" + "n".repeat(120), new byte[3000]);
        payload.put("c.h5", "third".getBytes(StandardCharsets.UTF_8));
        return payload;
    }

    /** A flipped bit changes the digest of the tar, or the reader says in words what it did to the bag. */
    @Property(tries = 2000)
    void noFlippedBitGoesUnseen(
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double where, @ForAll @IntRange(max = 7) int bit)
            throws IOException {
        byte[] flipped = TAR.clone();
        flipped[(int) (where * TAR.length)] ^= (byte) (1 << bit);
        try {
            BagProof proof = BAG.read(flipped, PayloadVisitor.NONE);
            assertThat(proof.sha256()).isNotEqualTo(SampleBag.sha256(TAR));
        } catch (DamagedBagException e) {
            assertThat(e).hasMessageMatching("(?s).{10,}");
        }
    }

    @Property(tries = 500)
    void aTarThatIsCutOffIsRefused(@ForAll @DoubleRange(max = 1, maxIncluded = false) double where) {
        // behind the last entry there are only zeros, which the size in the catalog watches over
        int end = TAR.length;
        while (TAR[end - 1] == 0) {
            end--;
        }
        byte[] cut = Arrays.copyOf(TAR, (int) (where * end));
        assertThatThrownBy(() -> BAG.read(cut, PayloadVisitor.NONE)).isInstanceOf(DamagedBagException.class);
    }

    @Example
    void everyDamagedFileIsNamedAndTheOthersAreShown() throws IOException {
        byte[] damaged = edited(entry -> entry.name.endsWith("/a.h5") ? entry.with("First") : entry);
        List<String> proved = new ArrayList<>();
        assertThatThrownBy(() -> BAG.read(damaged, new PayloadVisitor() {
                    @Override
                    public void read(PayloadFile file, InputStream bytes) {}

                    @Override
                    public void proved(PayloadFile file) {
                        proved.add(file.path());
                    }

                    @Override
                    public void damaged(PayloadFile file) {}
                }))
                .isInstanceOf(DamagedBagException.class)
                .hasMessage("1 of 3 files are damaged: 'a.h5'");
        assertThat(proved).hasSize(2).contains("c.h5");
    }

    @Example
    void aMissingFileIsRefused() throws IOException {
        assertRefused(
                edited(entry -> entry.name.endsWith("/c.h5") ? null : entry), "where 'exp-scan/data/c.h5' should");
    }

    @Example
    void anExtraFileIsRefusedWhereverItIs() throws IOException {
        Entry extra = new Entry("exp-scan/data/extra", new byte[1], TarConstants.LF_NORMAL, "");
        List<Entry> entries = entries();
        for (int place = 0; place <= entries.size(); place++) {
            List<Entry> more = new ArrayList<>(entries);
            more.add(place, extra);
            assertRefused(tar(more), "exp-scan/data/extra");
        }
    }

    @Example
    void entriesThatAreNotOrdinaryFilesAreRefused() throws IOException {
        for (byte kind : new byte[] {
            TarConstants.LF_SYMLINK,
            TarConstants.LF_LINK,
            TarConstants.LF_DIR,
            TarConstants.LF_FIFO,
            TarConstants.LF_CHR
        }) {
            assertRefused(
                    edited(entry -> entry.name.endsWith("/a.h5")
                            ? new Entry(entry.name, new byte[0], kind, "/etc/passwd")
                            : entry),
                    "a.h5");
        }
    }

    @Example
    void entriesThatLeadOutOfTheBagAreRefused() throws IOException {
        for (String name : List.of("../a.h5", "exp-scan/data/../../a.h5", "/a.h5", "exp-scan/data/./a.h5")) {
            assertRefused(
                    edited(entry -> entry.name.endsWith("/a.h5")
                            ? new Entry(name, entry.content, TarConstants.LF_NORMAL, "")
                            : entry),
                    "should be");
        }
    }

    @Example
    void tagFilesThatDoNotAgreeAreRefused() throws IOException {
        assertRefused(
                edited(entry -> entry.name.endsWith("/bagit.txt") ? entry.with("BagIt-Version: 0.97\n") : entry),
                "bagit.txt");
        assertRefused(
                edited(entry -> entry.name.endsWith("/bag-info.txt") ? entry.with("Payload-Oxum: 1.3\n") : entry),
                "Payload-Oxum: 3010.3");
        assertRefused(
                edited(entry -> entry.name.endsWith("/bag-info.txt")
                        ? entry.with("Payload-Oxum: 3010.3\nContact-Name: Mallory\n")
                        : entry),
                "tagmanifest-sha256.txt");
        assertRefused(
                edited(entry -> entry.name.endsWith("/manifest-sha256.txt")
                        ? entry.with(entry.text().replace("data/c.h5", "data/d.h5"))
                        : entry),
                "does not list the files");
        assertRefused(tar(List.of()), "ends before it");
    }

    @Example
    void somethingBehindTheEndIsRefused() {
        byte[] longer = Arrays.copyOf(TAR, TAR.length + 512);
        longer[TAR.length + 100] = 'x';
        assertRefused(longer, "behind the end");
    }

    private static void assertRefused(byte[] tar, String message) {
        assertThatThrownBy(() -> BAG.read(tar, PayloadVisitor.NONE))
                .isInstanceOf(DamagedBagException.class)
                .hasMessageContaining(message);
    }

    private record Entry(String name, byte[] content, byte kind, String link) {

        Entry with(String text) {
            return new Entry(name, text.getBytes(StandardCharsets.UTF_8), kind, link);
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    private static byte[] edited(UnaryOperator<Entry> edit) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : entries()) {
            Entry changed = edit.apply(entry);
            if (changed != null) {
                entries.add(changed);
            }
        }
        byte[] tar = tar(entries);
        assertThat(tar).isNotEqualTo(TAR);
        return tar;
    }

    private static List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(TAR), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.add(new Entry(entry.getName(), tar.readAllBytes(), TarConstants.LF_NORMAL, ""));
            }
        }
        return entries;
    }

    private static byte[] tar(List<Entry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            for (Entry entry : entries) {
                TarArchiveEntry header = new TarArchiveEntry(entry.name, entry.kind, true);
                header.setLinkName(entry.link);
                header.setSize(entry.content.length);
                tar.putArchiveEntry(header);
                tar.write(entry.content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
