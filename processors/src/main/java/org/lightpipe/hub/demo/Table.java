package org.lightpipe.hub.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The demo's proofs, for people (in at most 120 columns) and for machines. */
final class Table {

    private static final int WHAT = 38;
    private static final int PROOF = 52;
    private static final String ROW = "%1s  %-10s  %-" + WHAT + "s  %7s  %-2s  %s";

    private final List<Proof> proofs;

    Table(List<Proof> proofs) {
        this.proofs = proofs;
    }

    void print(PrintWriter out) {
        row(out, "#", "step", "what", "took", "", "proof");
        for (Proof proof : proofs) {
            row(
                    out,
                    Integer.toString(proof.number()),
                    proof.step(),
                    proof.what(),
                    String.format(Locale.ROOT, "%.1f s", proof.seconds()),
                    proof.holds() ? "ok" : "NO",
                    proof.proof());
        }
        out.flush();
    }

    void write(Path file, String url) throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(file.toFile(), Map.of("portal", url, "proofs", proofs));
    }

    private static void row(
            PrintWriter out, String number, String step, String what, String took, String holds, String proof) {
        List<String> whats = wrapped(what, WHAT);
        List<String> reasons = wrapped(proof, PROOF);
        for (int line = 0; line < Math.max(whats.size(), reasons.size()); line++) {
            boolean first = line == 0;
            out.println(String.format(
                            ROW,
                            first ? number : "",
                            first ? step : "",
                            line < whats.size() ? whats.get(line) : "",
                            first ? took : "",
                            first ? holds : "",
                            line < reasons.size() ? reasons.get(line) : "")
                    .stripTrailing());
        }
    }

    /** Lines of at most that many characters, broken between words; a longer word is broken too. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
