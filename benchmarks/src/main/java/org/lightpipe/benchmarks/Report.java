package org.lightpipe.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Tables and remarks, in Markdown that reads well on a terminal too. */
final class Report {

    private final StringBuilder text = new StringBuilder();

    Report(String title) {
        text.append("# ").append(title).append("\n\n");
        line(Machine.describe());
    }

    /** A paragraph. */
    void line(String words) {
        text.append(words).append("\n\n");
    }

    /** A table; the first column is set to the left and the others to the right. */
    void table(List<String> heads, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(heads);
        all.addAll(rows);
        int[] widths = new int[heads.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        row(heads, widths);
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "|:" : "|-").append("-".repeat(widths[i])).append(i == 0 ? "-" : ":");
        }
        text.append("|\n");
        rows.forEach(row -> row(row, widths));
        text.append('\n');
    }

    private void row(List<String> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            String pad = " ".repeat(widths[i] - row.get(i).length());
            text.append("| ")
                    .append(i == 0 ? row.get(i) + pad : pad + row.get(i))
                    .append(' ');
        }
        text.append("|\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
