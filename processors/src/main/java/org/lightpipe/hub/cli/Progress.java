package org.lightpipe.hub.cli;

import java.io.PrintWriter;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far something is: a bar on a terminal, a line for each change where there is none. */
final class Progress implements AutoCloseable {

    private final PrintWriter lines;
    private final Optional<ProgressBar> bar;
    private String last = "";

    Progress(String task, PrintWriter lines) {
        this.lines = lines;
        this.bar = System.console() == null
                ? Optional.empty()
                : Optional.of(new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(0)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .build());
    }

    /**
     * So far.
     *
     * @param done how much is done
     * @param all of how much, as far as is known
     * @param words the rest
     */
    void at(long done, long all, String words) {
        bar.ifPresentOrElse(
                shown -> {
                    shown.maxHint(all);
                    shown.stepTo(done);
                    shown.setExtraMessage(words);
                },
                () -> {
                    String line = done + " of " + all + " " + words;
                    if (!line.equals(last)) {
                        lines.println(line);
                        lines.flush();
                        last = line;
                    }
                });
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
    }
}
