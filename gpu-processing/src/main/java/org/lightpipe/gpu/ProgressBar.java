package org.lightpipe.gpu;

import java.io.PrintWriter;

/** Shows on a terminal how far something is, when it takes longer than somebody likes to wait without a sign. */
final class ProgressBar implements ProgressListener, AutoCloseable {

    private static final double SILENT_SECONDS = 2;
    private static final double BETWEEN_SECONDS = 0.2;
    private static final int WIDTH = 40;

    private final PrintWriter terminal;
    private final String task;
    private final boolean drawn;
    private final long begin = System.nanoTime();
    private long last;
    private int lastTenth;
    private boolean shown;

    ProgressBar(PrintWriter terminal, String task) {
        this(terminal, task, System.console() != null);
    }

    /** @param drawn over and over in one line; else each tenth is a line */
    ProgressBar(PrintWriter terminal, String task, boolean drawn) {
        this.terminal = terminal;
        this.task = task;
        this.drawn = drawn;
    }

    @Override
    public synchronized void at(double done) {
        long now = System.nanoTime();
        if (now - begin < SILENT_SECONDS * 1e9) {
            return;
        }
        if (!drawn) {
            int tenth = (int) (done * 10);
            if (tenth > lastTenth) {
                terminal.println(task + ": " + tenth * 10 + " %");
                terminal.flush();
                lastTenth = tenth;
            }
            return;
        }
        if (shown && now - last < BETWEEN_SECONDS * 1e9 && done < 1) {
            return;
        }
        int full = (int) (done * WIDTH);
        double seconds = (now - begin) / 1e9;
        String left = done > 0.02 ? String.format(" %.0f s left", seconds / done - seconds) : "";
        terminal.print("\r" + task + " [" + "=".repeat(full) + " ".repeat(WIDTH - full) + "] " + (int) (done * 100)
                + " %" + left + "   ");
        terminal.flush();
        last = now;
        shown = true;
    }

    @Override
    public synchronized void close() {
        if (shown) {
            terminal.println();
            terminal.flush();
            shown = false;
        }
    }
}
