package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountsTest {

    private final Mounts mounts = Mounts.parse("""
            22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            23 22 0:21 / /data rw,relatime shared:2 master:1 - xfs /dev/sdb1 rw
            24 23 0:22 / /data/det\\040one rw - nfs4 server:/export rw,vers=4.2
            25 23 0:23 / /data/sshfs rw - fuse.sshfs u@h:/ rw
            26 22 0:24 / /gpfs rw - gpfs gpfs0 rw
            27 22 0:25 / /gpfs/over rw - tmpfs none rw
            broken
            28 22 0:26 / /data rw - lustre l rw
            """);

    @ParameterizedTest
    @CsvSource({
        "/, ext4, true, true",
        "/home/x, ext4, true, true",
        "/datax, ext4, true, true",
        // Mounted over the one before.
        "/data/other, lustre, false, true",
        "/data/det one/scan/1, nfs4, false, true",
        "/data/sshfs/x, fuse.sshfs, false, false",
        "/gpfs/x, gpfs, false, true",
        "/gpfs/over/x, tmpfs, true, true"
    })
    void theTypeTellsWhetherTheKernelTells(Path path, String type, boolean tells, boolean inodes) {
        assertThat(mounts.type(path)).isEqualTo(type);
        assertThat(Mounts.tellsOfChanges(type)).isEqualTo(tells);
        assertThat(Mounts.keepsInodes(type)).isEqualTo(inodes);
    }

    @ParameterizedTest
    @CsvSource({
        "cifs, false, false",
        "smb3, false, false",
        "fuseblk, false, false",
        "btrfs, true, true",
        "vfat, true, false"
    })
    void furtherTypes(String type, boolean tells, boolean inodes) {
        assertThat(Mounts.tellsOfChanges(type)).isEqualTo(tells);
        assertThat(Mounts.keepsInodes(type)).isEqualTo(inodes);
    }

    @Test
    void thisMachineSaysWhatItsRootIs() {
        assertThat(Mounts.now().type(Path.of("/"))).isNotEmpty();
        assertThat(Mounts.now().type(Path.of("/proc/self"))).isEqualTo("proc");
    }
}
