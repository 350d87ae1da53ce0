package org.lightpipe.acquire;

/** What is done again and again, in the middle of long listings, too, so that what was just closed need not wait. */
final class Breath {

    /** How often a long listing stops to hand over what has just been closed, in entries. */
    static final int EVERY = 128;

    private final KernelChanges changes;
    private final Intake intake;
    private final WaitingFiles waiting;
    private final WholeDirectories wholeDirectories;
    private final Handover handover;
    private boolean breathing;

    Breath(
            KernelChanges changes,
            Intake intake,
            WaitingFiles waiting,
            WholeDirectories wholeDirectories,
            Handover handover) {
        this.changes = changes;
        this.intake = intake;
        this.waiting = waiting;
        this.wholeDirectories = wholeDirectories;
        this.handover = handover;
    }

    /** Looks at what has changed and at what is due. */
    void take() {
        if (breathing) {
            return;
        }
        breathing = true;
        try {
            changes.look();
            dueFiles();
            wholeDirectories.due();
            handover.flush();
        } finally {
            breathing = false;
        }
    }

    /** Looks again at files whose time has come. */
    private void dueFiles() {
        long now = System.nanoTime();
        int looked = 0;
        for (WaitingFile file = next(now); file != null; file = next(now)) {
            intake.again(file);
            if (++looked % EVERY == 0) {
                changes.look();
            }
        }
    }

    private WaitingFile next(long now) {
        return handover.mayGoOn() ? waiting.due(now) : null;
    }
}
