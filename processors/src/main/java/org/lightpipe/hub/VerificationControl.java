package org.lightpipe.hub;

import org.lightpipe.verify.Verifications;
import org.lightpipe.verify.Verifier;

/** The comparison of storage with the catalog, as an MBean. */
final class VerificationControl implements VerificationMXBean {

    private final Verifications verifications;
    private final Verifier verifier;

    VerificationControl(Verifications verifications, Verifier verifier) {
        this.verifications = verifications;
        this.verifier = verifier;
    }

    @Override
    public long getRot() {
        return verifications.openRot();
    }

    @Override
    public String[] getOpen() {
        return verifications.open().stream()
                .map(view -> view.id() + " "
                        + view.experiment()
                                .map(name -> name + "/" + view.path())
                                .orElse("all") + ": "
                        + view.checkedFiles() + " of " + view.totalFiles() + " files, " + view.problems()
                        + " problems, " + view.state())
                .toArray(String[]::new);
    }

    @Override
    public long getFiles() {
        return verifier.files();
    }

    @Override
    public long getBytes() {
        return verifier.bytes();
    }
}
